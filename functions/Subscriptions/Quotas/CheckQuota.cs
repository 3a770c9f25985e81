using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Entitlements;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>Says whether so much of a feature may be used now, without counting it.</summary>
public sealed class CheckQuota(EntitlementCache entitlements, QuotaStore quotas, QuotaGate gate, TimeProvider time)
{
    public async Task<QuotaView> RunAsync(TenantId tenant, Guid user, QuotaRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entitled = await entitlements.FindLiveAsync(tenant, user, request.Product, cancellationToken);
        if (entitled?.MayUse(now) != true || Quota.Of(entitled, request.Feature, now) is not { } quota)
            return QuotaView.Unmetered(request.Feature, entitled, now);

        var key = new CounterKey(tenant, entitled.Id, quota.Feature, quota.Window.Start);
        var used = await gate.FindAsync(key) ?? await ReadAsync(key, quota, cancellationToken);
        return QuotaView.Of(quota, quota.IsUnlimited || used + request.Quantity <= quota.Limit, used);
    }

    private async Task<long> ReadAsync(CounterKey key, Quota quota, CancellationToken cancellationToken)
    {
        var used = (await quotas.FindUsedAsync(key.Tenant, key.SubscriptionId, [quota], cancellationToken)).GetValueOrDefault(quota.Feature);
        await gate.FillAsync(key, used);
        return used;
    }
}
