using ServerlessBusiness.Shared.Problems;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Does the work of an update once, however often Telegram brings it.</summary>
public sealed class TakeUpdate(TelegramUpdateStore updates, AnswerUpdate answer, TimeProvider time)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <exception cref="ProblemException">503 while another process works on it: should that one die, Telegram's next try does it.</exception>
    public async Task RunAsync(TelegramBot bot, Update update, CancellationToken cancellationToken)
    {
        switch (await updates.ClaimAcrossTenantsAsync(bot.Key, update.Id, time.GetUtcNow(), cancellationToken))
        {
            case UpdateClaim.DoneBefore:
                return;
            case UpdateClaim.InWork:
                throw ProblemException.Unavailable("UPDATE_IN_WORK", "This update is being worked on.", Soon);
        }

        try
        {
            await answer.RunAsync(bot, update, cancellationToken);
        }
        catch
        {
            await updates.ReleaseAcrossTenantsAsync(bot.Key, update.Id, CancellationToken.None);
            throw;
        }

        await updates.FinishAcrossTenantsAsync(bot.Key, update.Id, time.GetUtcNow(), CancellationToken.None);
    }
}
