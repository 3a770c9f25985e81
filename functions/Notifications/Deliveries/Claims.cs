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

    private static async Task<IReadOnlyList<Task<Delivery?>>> TakeAsync(
        ClaimStore store, IReadOnlyList<(TenantId Tenant, Guid Id)> items, DateTimeOffset now)
    {
        // The same message twice in one batch is one claim, and goes to the first.
        var claimed = new Dictionary<(TenantId, Guid), Delivery>();
        var refused = await ForEachTenantAsync(items, item => item.Tenant, async (tenant, own) =>
        {
            foreach (var delivery in await store.ClaimAsync(tenant, [.. own.Select(item => item.Id).Distinct()], now, CancellationToken.None))
                claimed[(tenant, delivery.Id)] = delivery;
        });
        return [.. items.Select(item => refused.TryGetValue(item.Tenant, out var failure)
            ? Task.FromException<Delivery?>(failure)
            : Task.FromResult(claimed.Remove(item, out var delivery) ? delivery : null))];
    }

    private static async Task<IReadOnlyList<Task<bool>>> MarkAsync(ClaimStore store, IReadOnlyList<(TenantId Tenant, SentDelivery Sent)> items)
    {
        var refused = await ForEachTenantAsync(
            items, item => item.Tenant, (tenant, own) => store.MarkSentAsync(tenant, [.. own.Select(item => item.Sent)], CancellationToken.None));
        return [.. items.Select(item => refused.TryGetValue(item.Tenant, out var failure) ? Task.FromException<bool>(failure) : Task.FromResult(true))];
    }

    // What was done for one tenant is done, whatever becomes of the next. A database that is away is not asked again for each.
    private static async Task<IReadOnlyDictionary<TenantId, Exception>> ForEachTenantAsync<T>(
        IReadOnlyList<T> items, Func<T, TenantId> tenantOf, Func<TenantId, IEnumerable<T>, Task> work)
    {
        var refused = new Dictionary<TenantId, Exception>();
        Exception? away = null;
        foreach (var tenant in items.GroupBy(tenantOf))
        {
            try
            {
                if (away is null)
                    await work(tenant.Key, tenant);
                else
                    refused[tenant.Key] = away;
            }
            catch (Exception failure)
            {
                refused[tenant.Key] = failure;
                away = NextStep.WillPass(failure) ? failure : null;
            }
        }

        return refused;
    }
}
