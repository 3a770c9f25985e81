using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.Announcements;

/// <summary>Puts an announcement into the history and on the queue of its priority, both in the caller's transaction and once per key.</summary>
public sealed class Announce(DeliveryStore deliveries, ReadableTexts texts)
{
    public async Task RunAsync(TenantTransaction transaction, Announcement announcement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (announcement.ForetoldUnder is { } keys && await deliveries.WasToldAsync(transaction, announcement.UserId, keys, cancellationToken))
            return;
        var type = TemplateCatalog.Get(announcement.Type);
        var at = announcement.NotBefore > now ? announcement.NotBefore.Value : now;
        // Filling the template here refuses a missing value where the mistake is, not hours later at the sender.
        var readable = await texts.MakeAsync(transaction, type, announcement.Values, cancellationToken);
        var id = Guid.CreateVersion7(now);
        var isNew = await deliveries.InsertAsync(
            transaction,
            new NewDeliveries(type, type.Priority, announcement.Values, readable, now, at, at + type.Life, [new NewDelivery(id, announcement.UserId, announcement.DedupKey)])
            {
                Recipient = announcement.Recipient,
            },
            cancellationToken);
        if (isNew.Count > 0)
            await transaction.EnqueueAsync(type.Priority, [id], now, at > now ? at : null, cancellationToken);
    }
}
