using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Closes and opens the links of a chat as its person blocks the bot, lets it in again or says stop.</summary>
public sealed class FollowMembership(Database database, TelegramLinkStore links, CloseChat closeChat, TimeProvider time)
{
    /// <summary>False when there was nothing to close, or what is known of it is newer.</summary>
    public async Task<bool> CloseAsync(string bot, long chat, ChatClosing how, UpdateMoment told, CancellationToken cancellationToken)
    {
        var isClosed = false;
        foreach (var user in await links.ListOfChatAcrossTenantsAsync(bot, chat, status: null, cancellationToken))
        {
            await using var transaction = await database.BeginAsync(user.TenantId, cancellationToken);
            isClosed |= await closeChat.RunAsync(transaction, user.UserId, bot, chat, how, told, time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return isClosed;
    }

    public async Task ReopenAsync(string bot, long chat, UpdateMoment told, CancellationToken cancellationToken)
    {
        foreach (var user in await links.ListOfChatAcrossTenantsAsync(bot, chat, status: null, cancellationToken))
            await links.ReopenAsync(user.TenantId, user.UserId, bot, chat, told, time.GetUtcNow(), cancellationToken);
    }
}
