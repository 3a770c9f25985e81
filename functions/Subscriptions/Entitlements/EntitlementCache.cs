using Microsoft.Extensions.Caching.Memory;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions.Entitlements;

/// <summary>Who may use what, remembered for a second: it is asked before every metered call. What this process changes it forgets at once.
/// Periods and windows are not remembered but computed from it for each moment.</summary>
public sealed class EntitlementCache : IDisposable
{
    private const int LargestGroup = 1000;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    private readonly EntitlementStore store;
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    // What was remembered ends for everybody at once: they ask together, or each would take a connection of his own.
    private readonly GroupedCalls<(TenantId Tenant, string Product), Guid, Entitled?> live;

    public EntitlementCache(EntitlementStore store)
    {
        this.store = store;
        live = new(
            async (of, users) =>
            {
                var found = await FindManyLiveAsync(of.Tenant, [.. users.Distinct()], of.Product, CancellationToken.None);
                return [.. users.Select(user => found.GetValueOrDefault(user))];
            },
            _ => 1, LargestGroup);
    }

    /// <summary>A subscription in any state, or null when there is none.</summary>
    public async Task<Entitled?> FindAsync(TenantId tenant, Guid subscription, CancellationToken cancellationToken) =>
        (await FindManyAsync(tenant, [subscription], cancellationToken)).GetValueOrDefault(subscription);

    /// <summary>The user's live subscription to the product, or null when he has none.</summary>
    public async Task<Entitled?> FindLiveAsync(TenantId tenant, Guid user, string product, CancellationToken cancellationToken) =>
        cache.TryGetValue((tenant, user, product), out Entitled? known)
            ? known
            : await live.AddAsync((tenant, product), user).WaitAsync(cancellationToken);

    public Task<IReadOnlyDictionary<Guid, Entitled>> FindManyAsync(
        TenantId tenant, IReadOnlyCollection<Guid> subscriptions, CancellationToken cancellationToken) => LookUpAsync(
        subscriptions, id => (tenant, id, ""), missing => store.ListAsync(tenant, missing, cancellationToken), row => row.Id);

    public Task<IReadOnlyDictionary<Guid, Entitled>> FindManyLiveAsync(
        TenantId tenant, IReadOnlyCollection<Guid> users, string product, CancellationToken cancellationToken) => LookUpAsync(
        users, id => (tenant, id, product), missing => store.ListLiveAsync(tenant, missing, product, cancellationToken), row => row.UserId);

    public void Forget(TenantId tenant, Subscription subscription)
    {
        cache.Remove((tenant, subscription.Id, ""));
        cache.Remove((tenant, subscription.UserId, subscription.Product));
    }

    public void Dispose() => cache.Dispose();

    // What is not there is not remembered: whoever has just subscribed need not wait.
    private async Task<IReadOnlyDictionary<Guid, Entitled>> LookUpAsync(
        IReadOnlyCollection<Guid> ids, Func<Guid, (TenantId Tenant, Guid Id, string Product)> key, Func<Guid[], Task<IReadOnlyList<EntitledRow>>> read,
        Func<EntitledRow, Guid> id)
    {
        var found = new Dictionary<Guid, Entitled>(ids.Count);
        var missing = new List<Guid>();
        foreach (var one in ids)
        {
            if (cache.TryGetValue(key(one), out Entitled? known))
                found[one] = known!;
            else
                missing.Add(one);
        }

        foreach (var row in missing.Count == 0 ? [] : await read([.. missing]))
        {
            var entitled = new Entitled(row);
            found[id(row)] = cache.Set(
                key(id(row)), entitled, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
        }

        return found;
    }
}
