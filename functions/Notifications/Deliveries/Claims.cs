using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Claims notifications and notes what was sent, many in one statement when many come at once.</summary>
public sealed class Claims
{
    private const int MostTogether = 100;

    private readonly Gathered<(TenantId Tenant, Guid Id), Delivery?> taking;
    private readonly Gathered<(TenantId Tenant, SentDelivery Sent), bool> marking;

    public Claims(ClaimStore store, TimeProvider time)
    {
        taking = new(MostTogether, items => TakeAsync(store, items, time.GetUtcNow()));
        marking = new(MostTogether, items => MarkAsync(store, items));
    }

    /// <summary>Null when it is done, not due, or another sender is at work on it.</summary>
    public Task<Delivery?> TakeAsync(TenantId tenant, Guid id) => taking.RunAsync((tenant, id));

    public Task MarkSentAsync(TenantId tenant, SentDelivery sent) => marking.RunAsync((tenant, sent));

    private static async Task<IReadOnlyList<Delivery?>> TakeAsync(
        ClaimStore store, IReadOnlyList<(TenantId Tenant, Guid Id)> items, DateTimeOffset now)
    {
        // The same message twice in one batch is one claim, and goes to the first.
        var claimed = new Dictionary<(TenantId, Guid), Delivery>();
        foreach (var tenant in items.GroupBy(item => item.Tenant))
            foreach (var delivery in await store.ClaimAsync(tenant.Key, [.. tenant.Select(item => item.Id).Distinct()], now, CancellationToken.None))
                claimed[(tenant.Key, delivery.Id)] = delivery;
        return [.. items.Select(item => claimed.Remove(item, out var delivery) ? delivery : null)];
    }

    private static async Task<IReadOnlyList<bool>> MarkAsync(ClaimStore store, IReadOnlyList<(TenantId Tenant, SentDelivery Sent)> items)
    {
        foreach (var tenant in items.GroupBy(item => item.Tenant))
            await store.MarkSentAsync(tenant.Key, [.. tenant.Select(item => item.Sent)], CancellationToken.None);
        return [.. items.Select(_ => true)];
    }
}
