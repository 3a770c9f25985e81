using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Ends a link and, in one statement, everything that waits for it and has no other way to the user.</summary>
public sealed class CloseChat(TelegramLinkStore links, DeliveryStore deliveries)
{
    public async Task RunAsync(
        TenantTransaction transaction, Guid user, string bot, long chat, ChatClosing how, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await links.CloseAsync(transaction, user, bot, chat, how, now, cancellationToken))
            await deliveries.SuppressUnreachableAsync(
                transaction, user, TemplateCatalog.ChatOnly, $"The chat with the bot '{bot}' was closed ({how.ToString().ToLowerInvariant()}).", now,
                cancellationToken);
    }
}
