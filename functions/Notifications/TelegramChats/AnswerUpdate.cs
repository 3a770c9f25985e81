using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Templates;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Does what an update asks for. What is not understood is taken all the same, or Telegram would bring it again and again.</summary>
public sealed partial class AnswerUpdate(
    AnswerCommand answerCommand, SharePhone sharePhone, FollowMembership membership, SendLimiter limiter, TelegramSender sender, ILogger<AnswerUpdate> logger)
{
    public async Task RunAsync(TelegramBot bot, Update update, CancellationToken cancellationToken)
    {
        if (MembershipChange.Read(update) is { } change)
        {
            if (change.IsBlocked)
                await membership.CloseAsync(bot.Key, change.Chat, ChatClosing.Blocked, change.Told, cancellationToken);
            else
                await membership.ReopenAsync(bot.Key, change.Chat, change.Told, cancellationToken);
        }
        else if (SharedContact.Read(update) is { } contact)
            await AnswerAsync(bot, contact.Chat, new ChatAnswer(await sharePhone.RunAsync(bot.Key, contact, cancellationToken)), cancellationToken);
        else if (ChatCommand.Read(update) is { } command && await answerCommand.RunAsync(bot, command, cancellationToken) is { } answer)
            await AnswerAsync(bot, command.Chat, answer, cancellationToken);
    }

    // A courtesy only: when it gets lost or there is no room for it, the user asks again.
    private async Task AnswerAsync(TelegramBot bot, long chat, ChatAnswer answer, CancellationToken cancellationToken)
    {
        if (await limiter.TryTakeAsync(bot.Key, chat, Priority.High) is { } refusal)
        {
            LogUnanswered(bot.Key, refusal.Reason);
            return;
        }

        var outcome = await sender.SendAsync(bot.Key, chat, MarkupText.Escape(answer.Text), answer.Markup, cancellationToken);
        await limiter.HeedAsync(bot.Key, chat, outcome);
        if (outcome is not SendOutcome.Sent)
            LogUnanswered(bot.Key, outcome.GetType().Name);
    }

    [LoggerMessage(LogLevel.Information, "An update of the bot {Bot} was left without an answer: {Reason}")]
    private partial void LogUnanswered(string bot, string reason);
}
