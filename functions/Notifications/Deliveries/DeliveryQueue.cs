using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Puts notifications on the queue of their priority, up to 16 in a message: to carry and settle one costs more than to claim a row.</summary>
internal static class DeliveryQueue
{
    private const int Together = 16;

    /// <summary>With the transaction, at once or not before <paramref name="availableAt"/>.</summary>
    public static Task EnqueueAsync(
        this TenantTransaction transaction, Priority priority, IEnumerable<Guid> ids, DateTimeOffset now, DateTimeOffset? availableAt,
        CancellationToken cancellationToken) =>
        transaction.SendAsync(priority.Queue(), [.. ids.Chunk(Together).Select(NotificationRequested.Of)], now, availableAt, cancellationToken);
}
