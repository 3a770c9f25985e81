using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>
/// Counts reported uses, each id once. Requests that arrive together are written together, so that a single event costs little more than its
/// share of a batch; the answer comes when the statement has committed.
/// </summary>
public sealed class RecordUsage
{
    private const int LargestGroup = 2000;

    // Batches are claimed side by side and wait for each other at the counters only; of single events each waits at these all along.
    private const int EnoughForTwo = 500;

    private readonly EntitlementCache entitlements;
    private readonly UsageStore store;
    private readonly QuotaGate gate;
    private readonly AnnounceThresholds announce;
    private readonly TimeProvider time;
    private readonly GroupedCalls<TenantId, CountableEvent[], IReadOnlySet<Guid>> writes;

    public RecordUsage(EntitlementCache entitlements, UsageStore store, QuotaGate gate, AnnounceThresholds announce, TimeProvider time)
    {
        (this.entitlements, this.store, this.gate, this.announce, this.time) = (entitlements, store, gate, announce, time);
        writes = new GroupedCalls<TenantId, CountableEvent[], IReadOnlySet<Guid>>(WriteAsync, events => events.Length, LargestGroup, EnoughForTwo);
    }

    public async Task<RecordUsageView> RunAsync(TenantId tenant, IReadOnlyList<UsageItem> items, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var refusals = items.Select(item => item.Refusal ?? UsageCheck.Refusal(item.Event!, now)).ToArray();
        var wellFormed = items.Where((_, place) => refusals[place] is null).Select(item => item.Event!).ToList();
        var bySubscription = await entitlements.FindManyAsync(
            tenant, wellFormed.Select(usage => usage.SubscriptionId).OfType<Guid>().ToHashSet(), cancellationToken);
        var byUser = await entitlements.FindManyLiveAsync(
            tenant, wellFormed.Select(usage => usage.UserId).OfType<Guid>().ToHashSet(), Products.Platform, cancellationToken);

        var events = new Dictionary<Guid, CountableEvent>(items.Count);
        for (var place = 0; place < items.Count; place++)
        {
            if (refusals[place] is not null)
                continue;
            var usage = items[place].Event!;
            var entitled = usage.SubscriptionId is { } id ? bySubscription.GetValueOrDefault(id) : byUser.GetValueOrDefault(usage.UserId!.Value);
            if (entitled is null)
                refusals[place] = new UsageRefusal("NO_SUBSCRIPTION", "There is no such subscription, or the user has none.");
            else
                events.TryAdd(usage.Id, Countable(tenant, entitled, usage, now));
        }

        var counted = events.Count == 0 ? new HashSet<Guid>() : await writes.AddAsync(tenant, [.. events.Values]);
        return View(items, refusals, counted);
    }

    private static CountableEvent Countable(TenantId tenant, Entitled entitled, UsageEvent usage, DateTimeOffset now)
    {
        var at = usage.Timestamp.ToUniversalTime();
        // A quota counts what happens in the window that runs now, or in the next when it comes early; what comes late, or has ended, is in the daily
        // sums only.
        var running = at > now ? at : now;
        var quota = entitled.IsCounted(running) ? Quota.Of(entitled, usage.Feature, running) : null;
        return new CountableEvent(
            usage.Id, entitled.Id, usage.Feature, DateOnly.FromDateTime(at.UtcDateTime), usage.Quantity,
            quota is not null && quota.Window.Contains(at) ? quota : null,
            UsageLine.Of(
                tenant, entitled.Id, entitled.UserId, usage.Feature, usage.Quantity, at, usage.DurationMs, usage.ResponseBytes, usage.Success,
                usage.ErrorCode));
    }

    private async Task<IReadOnlyList<IReadOnlySet<Guid>>> WriteAsync(TenantId tenant, IReadOnlyList<CountableEvent[]> requests)
    {
        // Of the same id in two requests the first one counts.
        var events = new Dictionary<Guid, CountableEvent>();
        foreach (var usage in requests.SelectMany(request => request))
            events.TryAdd(usage.Id, usage);

        var outcomes = await store.RecordAsync(tenant, [.. events.Values], time.GetUtcNow(), CancellationToken.None);
        await FollowAsync(tenant, outcomes);
        var fresh = outcomes.Select(outcome => outcome.EventId).OfType<Guid>().ToHashSet();
        return [.. requests.Select(request => (IReadOnlySet<Guid>)request.Select(usage => usage.Id).Where(fresh.Remove).ToHashSet())];
    }

    private async Task FollowAsync(TenantId tenant, IReadOnlyList<UsageOutcome> outcomes)
    {
        foreach (var counter in outcomes.Where(outcome => outcome.SubscriptionId is not null))
        {
            var key = new CounterKey(tenant, counter.SubscriptionId!.Value, counter.Feature!, new DateTimeOffset(counter.WindowStart!.Value));
            _ = gate.LearnAsync(key, counter.Used);
            if (counter.IsOwed)
                await announce.TryAsync(key, CancellationToken.None);
        }
    }

    private static RecordUsageView View(IReadOnlyList<UsageItem> items, UsageRefusal?[] refusals, IReadOnlySet<Guid> counted)
    {
        var unseen = counted.ToHashSet();
        var views = items.Select((item, place) => refusals[place] is { } refusal
            ? new UsageItemView(item.Id, UsageResult.Refused, refusal.Code, refusal.Reason)
            : new UsageItemView(item.Id, unseen.Remove(item.Event!.Id) ? UsageResult.Accepted : UsageResult.Duplicate, null, null)).ToList();
        return new RecordUsageView(
            views.Count(item => item.Result == UsageResult.Accepted), views.Count(item => item.Result == UsageResult.Duplicate),
            views.Count(item => item.Result == UsageResult.Refused), views);
    }
}
