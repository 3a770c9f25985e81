using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Ends a link and, in one statement, everything that waits for it and has no other way to the user.</summary>
public sealed class CloseChat(TelegramLinkStore links, DeliveryStore deliveries)
{
    /// <param name="transaction">The transaction that also settles what was found out.</param>
    /// <param name="user">Whose link it is.</param>
    /// <param name="bot">The bot.</param>
    /// <param name="chat">The chat.</param>
    /// <param name="how">How it was closed.</param>
    /// <param name="told">When an update says that it was; null when a message did not arrive.</param>
    /// <param name="now">When that was found out.</param>
    /// <param name="cancellationToken">Ends the statements.</param>
    public async Task<bool> RunAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, ChatClosing how, UpdateMoment? told, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (!await links.CloseAsync(transaction, user, bot, chat, how, told, now, cancellationToken))
            return false;
        await deliveries.SuppressUnreachableAsync(
            transaction, user, TemplateCatalog.ChatOnly, $"The chat with the bot '{bot}' was closed ({how.ToString().ToLowerInvariant()}).", now,
            cancellationToken);
        return true;
    }
}
