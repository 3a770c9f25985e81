using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Usage;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>
/// Checks and counts in one. Calls that arrive together are decided together: the gate in Redis turns away what does not fit; what it lets
/// through, or does not know, is decided in the record.
/// </summary>
public sealed class ConsumeQuota
{
    private const int LargestGroup = 500;

    private readonly EntitlementCache entitlements;
    private readonly QuotaStore quotas;
    private readonly QuotaGate gate;
    private readonly AnnounceThresholds announce;
    private readonly TimeProvider time;
    private readonly GroupedCalls<Counter, Wish, (bool Granted, long Used)> calls;

    public ConsumeQuota(EntitlementCache entitlements, QuotaStore quotas, QuotaGate gate, AnnounceThresholds announce, TimeProvider time)
    {
        (this.entitlements, this.quotas, this.gate, this.announce, this.time) = (entitlements, quotas, gate, announce, time);
        calls = new GroupedCalls<Counter, Wish, (bool, long)>(DecideAsync, _ => 1, LargestGroup);
    }

    public async Task<QuotaView> RunAsync(TenantId tenant, Guid user, QuotaRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entitled = await entitlements.FindLiveAsync(tenant, user, request.Product, cancellationToken);
        if (entitled?.MayUse(now) != true || Quota.Of(entitled, request.Feature, now) is not { } quota)
            return QuotaView.Unmetered(request.Feature, entitled, now);

        var key = new CounterKey(tenant, entitled.Id, quota.Feature, quota.Window.Start);
        var line = UsageLine.Of(tenant, entitled.Id, user, quota.Feature, request.Quantity, now, 0, 0, success: true, errorCode: null);
        var (granted, used) = await calls.AddAsync(
            new Counter(key, quota, DateOnly.FromDateTime(now.UtcDateTime)), new Wish(request.Quantity, line));
        return QuotaView.Of(quota, granted, used);
    }

    // The record counts the first ones that fit together. Behind one that does not fit there may be smaller ones that do: they ask again.
    private async Task<IReadOnlyList<(bool, long)>> DecideAsync(Counter counter, IReadOnlyList<Wish> wishes)
    {
        var limit = counter.Quota.IsUnlimited ? long.MaxValue : counter.Quota.Limit;
        var known = counter.Quota.IsUnlimited ? 0 : await gate.FindAsync(counter.Key) ?? 0;
        var results = wishes.Select(_ => (false, known)).ToArray();
        var waiting = Enumerable.Range(0, wishes.Count).Where(place => wishes[place].Quantity <= limit - known).ToList();
        while (waiting.Count > 0)
        {
            var record = await quotas.TakeAsync(
                counter.Key.Tenant, counter.Key.SubscriptionId, counter.Quota, counter.Day,
                [.. waiting.Select(place => wishes[place].Quantity)], [.. waiting.Select(place => wishes[place].Line)], time.GetUtcNow(),
                CancellationToken.None);
            // Also without a limit, for a check asks the gate, and there may be one the moment after.
            _ = gate.LearnAsync(counter.Key, record.Used);
            if (record.IsOwed)
                await announce.TryAsync(counter.Key, CancellationToken.None);

            var left = record.Granted;
            var fitting = waiting.TakeWhile(place => (left -= wishes[place].Quantity) >= 0).ToList();
            foreach (var place in fitting)
                results[place] = (true, record.Used);
            var behind = waiting.Skip(fitting.Count).ToList();
            foreach (var place in behind)
                results[place] = (false, record.Used);
            waiting = [.. behind.Skip(1).Where(place => wishes[place].Quantity <= limit - record.Used)];
        }

        return results;
    }

    private sealed record Counter(CounterKey Key, Quota Quota, DateOnly Day);

    private sealed record Wish(long Quantity, string Line);
}
