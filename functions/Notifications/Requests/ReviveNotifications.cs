using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Requests;

/// <summary>Starts notifications anew that have ended without being sent.</summary>
public sealed class ReviveNotifications(Database database, DeliveryStore deliveries, TimeProvider time)
{
    /// <summary>Returns those that could be; others were sent, are on their way, or nothing is left of them.</summary>
    public async Task<IReadOnlyList<Guid>> RunAsync(
        TenantId tenant, IReadOnlyList<Guid> ids, IReadOnlyList<DeliveryStatus> from, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var revived = await deliveries.ReviveAsync(
            transaction, [.. ids], [.. from.Select(status => status.ToString().ToLowerInvariant())], now, cancellationToken);
        foreach (var queue in revived.GroupBy(one => (Priority)one.Priority))
            await transaction.EnqueueAsync(queue.Key, queue.Select(one => one.Id), now, availableAt: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. revived.Select(one => one.Id)];
    }
}
