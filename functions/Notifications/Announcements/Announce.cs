using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications.Announcements;

/// <summary>Puts an announcement into the history and on the queue of its priority, both in the caller's transaction and once per key.</summary>
public sealed class Announce(DeliveryStore deliveries, PreferenceStore preferences)
{
    public async Task RunAsync(TenantTransaction transaction, Announcement announcement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var type = TemplateCatalog.Get(announcement.Type);
        var locale = await preferences.FindLocaleAsync(transaction, announcement.UserId, cancellationToken) ?? announcement.Recipient?.Locale;
        // Filling the template here refuses a missing value where the mistake is, not hours later at the sender.
        var readable = type.In(locale).Plain(announcement.Values, Locales.Of(locale));

        var id = Guid.CreateVersion7(now);
        var isNew = await deliveries.InsertAsync(
            transaction, new NewDelivery(id, announcement, readable, type.Priority, locale, now, now + type.Life), cancellationToken);
        if (isNew)
            await transaction.SendAsync(type.Priority.Queue(), [new NotificationRequested(id)], now, null, cancellationToken);
    }
}
