using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Claims notifications and notes what was sent, many of a tenant in one statement when many come at once.</summary>
public sealed class Claims
{
    private const int MostTogether = 100;

    private readonly GroupedCalls<TenantId, Guid, Delivery?> taking;
    private readonly GroupedCalls<TenantId, SentDelivery, bool> marking;

    public Claims(ClaimStore store, TimeProvider time)
    {
        taking = new(
            async (tenant, ids) =>
            {
                var claimed = await store.ClaimAsync(tenant, [.. ids.Distinct()], time.GetUtcNow(), CancellationToken.None);
                var left = claimed.ToDictionary(delivery => delivery.Id);
                // The same message twice in one call is one claim, and goes to the first.
                return [.. ids.Select(id => left.Remove(id, out var delivery) ? delivery : null)];
            },
            _ => 1, MostTogether);
        marking = new(
            async (tenant, sent) =>
            {
                await store.MarkSentAsync(tenant, sent, CancellationToken.None);
                return [.. sent.Select(_ => true)];
            },
            _ => 1, MostTogether);
    }

    /// <summary>Null when it is done, not due, or another sender is at work on it.</summary>
    public Task<Delivery?> TakeAsync(TenantId tenant, Guid id) => taking.AddAsync(tenant, id);

    public Task MarkSentAsync(TenantId tenant, SentDelivery sent) => marking.AddAsync(tenant, sent);
}
