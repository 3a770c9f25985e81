using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Closes and opens the links of a chat as its person blocks the bot, lets it in again or says stop.</summary>
public sealed class FollowMembership(Database database, TelegramLinkStore links, CloseChat closeChat, TimeProvider time)
{
    /// <summary>How many users were told things there.</summary>
    public async Task<int> CloseAsync(string bot, long chat, ChatClosing how, CancellationToken cancellationToken)
    {
        var users = await links.ListOfChatAcrossTenantsAsync(bot, chat, "active", cancellationToken);
        foreach (var user in users)
        {
            await using var transaction = await database.BeginAsync(user.TenantId, cancellationToken);
            await closeChat.RunAsync(transaction, user.UserId, bot, chat, how, time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return users.Count;
    }

    public async Task ReopenAsync(string bot, long chat, CancellationToken cancellationToken)
    {
        foreach (var user in await links.ListOfChatAcrossTenantsAsync(bot, chat, "blocked", cancellationToken))
            await links.ReopenAsync(user.TenantId, user.UserId, bot, chat, time.GetUtcNow(), cancellationToken);
    }
}
