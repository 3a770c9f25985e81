using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Entitlements;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>Says whether so much of a feature may be used now, without counting it.</summary>
public sealed class CheckQuota
{
    private const int LargestGroup = 1000;

    private readonly EntitlementCache entitlements;
    private readonly QuotaStore quotas;
    private readonly QuotaGate gate;
    private readonly TimeProvider time;

    // Those who ask for one counter at once, while the gate is away, share an answer that was read after all of them had asked.
    private readonly GroupedCalls<CounterKey, Quota, long> reads;

    public CheckQuota(EntitlementCache entitlements, QuotaStore quotas, QuotaGate gate, TimeProvider time)
    {
        (this.entitlements, this.quotas, this.gate, this.time) = (entitlements, quotas, gate, time);
        reads = new GroupedCalls<CounterKey, Quota, long>(ReadAsync, _ => 1, LargestGroup);
    }

    public async Task<QuotaView> RunAsync(TenantId tenant, Guid user, QuotaRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entitled = await entitlements.FindLiveAsync(tenant, user, request.Product, cancellationToken);
        if (entitled?.MayUse(now) != true || Quota.Of(entitled, request.Feature, now) is not { } quota)
            return QuotaView.Unmetered(request.Feature, entitled, now);

        var key = new CounterKey(tenant, entitled.Id, quota.Feature, quota.Window.Start);
        var used = await gate.FindAsync(key) ?? await reads.AddAsync(key, quota);
        return QuotaView.Of(quota, quota.IsUnlimited || used + request.Quantity <= quota.Limit, used);
    }

    private async Task<IReadOnlyList<long>> ReadAsync(CounterKey key, IReadOnlyList<Quota> asked)
    {
        var known = await quotas.FindUsedAsync(key.Tenant, key.SubscriptionId, [asked[0]], CancellationToken.None);
        var used = known.GetValueOrDefault(key.Feature);
        _ = gate.LearnAsync(key, used);
        return [.. asked.Select(_ => used)];
    }
}
