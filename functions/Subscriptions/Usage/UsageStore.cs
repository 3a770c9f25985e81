using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>An event that may be counted. Its window is the one that runs, or null when it belongs to one that is over.</summary>
public sealed record CountableEvent(Guid Id, Guid SubscriptionId, string Feature, DateOnly Day, long Quantity, Quota? Quota, string Line);

/// <summary>What a statement did: an event that was new, or a counter it changed.</summary>
public sealed record UsageOutcome(Guid? EventId, Guid? SubscriptionId, string? Feature, DateTime? WindowStart, long Used, bool IsOwed);

/// <summary>SQL of <c>usage_event_ids</c> and <c>usage_tracking</c>.</summary>
public sealed class UsageStore(Database database)
{
    /// <summary>Ids of which no event can arrive any more.</summary>
    public static readonly Housekept Kept = new("usage_event_ids", "received_at", UsageCheck.Latest + TimeSpan.FromDays(1));

    private static readonly string Record = $"""
        with incoming as (
            select * from unnest(@ids, @subscriptions, @features, @days, @quantities, @windowStarts, @windowEnds, @quotas, @lines)
                as e(id, subscription_id, feature, day, quantity, window_start, window_end, quota, line)
        ), claimed as (
            insert into usage_event_ids (tenant_id, event_id, received_at)
            select @tenant, id, @now from incoming order by id
            on conflict do nothing
            returning event_id
        ), fresh as (
            select incoming.* from incoming join claimed on claimed.event_id = incoming.id
        ), tracked as (
            insert into usage_tracking as t (tenant_id, subscription_id, feature_name, usage_count, tracking_period, created_at)
            select @tenant, subscription_id, feature, sum(quantity)::bigint, day, @now from fresh
            group by subscription_id, feature, day order by subscription_id, feature, day
            on conflict (tenant_id, subscription_id, feature_name, tracking_period) do update set usage_count = t.usage_count + excluded.usage_count
        ), counted as (
            insert into quota_counters as c (tenant_id, subscription_id, feature_name, window_start, window_end, used, quota, reached)
            select @tenant, subscription_id, feature, window_start, window_end, used, quota, {Threshold.ReachedSql("used", "quota")}
            from (
                select subscription_id, feature, window_start, max(window_end) as window_end, sum(quantity)::bigint as used, max(quota) as quota
                from fresh where window_start is not null and quantity > 0
                group by subscription_id, feature, window_start order by subscription_id, feature, window_start
            ) as sums
            on conflict (tenant_id, subscription_id, feature_name, window_start) do update set
                used = c.used + excluded.used, quota = excluded.quota,
                {Threshold.PassedSql("excluded.quota", "(c.used + excluded.used)")}
            returning subscription_id, feature_name, window_start, used, reached > published as is_owed
        ), buffered as (
            insert into analytics_buffer (tenant_id, target, lines, line_count, created_at)
            select @tenant, 'usage_analytics', array_agg(line), count(*), @now from fresh having count(*) > 0
        )
        select event_id, null::uuid as subscription_id, null::text as feature, null::timestamptz as window_start, 0::bigint as used, false as is_owed
        from claimed
        union all
        select null, subscription_id, feature_name, window_start, used, is_owed from counted
        """;

    /// <summary>Counts those whose id was not counted before, in one statement with the ids: the daily sums, the quotas and the raw rows.
    /// No id may appear twice among the events.</summary>
    public async Task<IReadOnlyList<UsageOutcome>> RecordAsync(
        TenantId tenant, IReadOnlyList<CountableEvent> events, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<UsageOutcome>(
            Record,
            new
            {
                tenant,
                now,
                ids = Column(events, usage => usage.Id),
                subscriptions = Column(events, usage => usage.SubscriptionId),
                features = Column(events, usage => usage.Feature),
                days = Column(events, usage => usage.Day),
                quantities = Column(events, usage => usage.Quantity),
                windowStarts = Column(events, usage => usage.Quota?.Window.Start),
                windowEnds = Column(events, usage => usage.Quota?.Window.End),
                quotas = Column(events, usage => usage.Quota?.Limit),
                lines = Column(events, usage => usage.Line),
            },
            cancellationToken);
    }

    private static T[] Column<T>(IReadOnlyList<CountableEvent> events, Func<CountableEvent, T> value)
    {
        var column = new T[events.Count];
        for (var row = 0; row < column.Length; row++)
            column[row] = value(events[row]);
        return column;
    }
}
