using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>What is used after a statement, how much of what it was asked for fitted, and whether a threshold waits to be told.</summary>
public sealed record QuotaRecord(long Used, long Granted, bool IsOwed);

/// <summary>Which counter.</summary>
public sealed record CounterKey(TenantId Tenant, Guid SubscriptionId, string Feature, DateTimeOffset WindowStart);

/// <summary>Thresholds of a counter that were reached and not told.</summary>
public sealed record OwedThresholds(Guid UserId, int Published, int Reached, long Used, long Quota);

/// <summary>SQL of <c>quota_counters</c>: the record behind the gate.</summary>
public sealed class QuotaStore(Database database)
{
    /// <summary>A season after its window nobody asks what was used of a quota; the sums by day stay.</summary>
    public static readonly Housekept Kept = new("quota_counters", "window_end", TimeSpan.FromDays(90));

    private const string Fitting = "(select coalesce(max(running), 0) from asked where @quota < 0 or c.used + running <= @quota)";

    // The sum of what was asked for, in order, as far as it fits into what is left: decided under the lock of the counter's row.
    private static readonly string Take = $"""
        with asked as (
            select place, line, (sum(quantity) over (order by place))::bigint as running
            from unnest(@quantities, @lines) with ordinality as a(quantity, line, place)
        ), counted as (
            insert into quota_counters as c (tenant_id, subscription_id, feature_name, window_start, window_end, used, granted, quota, reached)
            select @tenant, @subscription, @feature, @windowStart, @windowEnd, fitting, fitting, @quota, {Threshold.ReachedSql("fitting", "@quota")}
            from (select coalesce(max(running), 0) as fitting from asked where @quota < 0 or running <= @quota) as first
            on conflict (tenant_id, subscription_id, feature_name, window_start) do update set
                granted = {Fitting}, used = c.used + {Fitting}, quota = @quota,
                {Threshold.PassedSql("@quota", $"(c.used + {Fitting})")}
            returning used, granted, reached > published as is_owed
        ), tracked as (
            insert into usage_tracking as t (tenant_id, subscription_id, feature_name, usage_count, tracking_period, created_at)
            select @tenant, @subscription, @feature, granted, @day, @now from counted where granted > 0
            on conflict (tenant_id, subscription_id, feature_name, tracking_period) do update set usage_count = t.usage_count + excluded.usage_count
        ), buffered as (
            insert into analytics_buffer (tenant_id, target, lines, line_count, created_at)
            select @tenant, 'usage_analytics', array_agg(line), count(*), @now from asked, counted where running <= granted having count(*) > 0
        )
        select used, granted, is_owed from counted
        """;

    /// <summary>Counts as many of the quantities, in order, as fit.</summary>
    public async Task<QuotaRecord> TakeAsync(
        TenantId tenant, Guid subscription, Quota quota, DateOnly day, long[] quantities, string[] lines, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<QuotaRecord>(
            Take,
            new
            {
                tenant,
                subscription,
                feature = quota.Feature,
                windowStart = quota.Window.Start,
                windowEnd = quota.Window.End,
                quota = quota.Limit,
                day,
                quantities,
                lines,
                now,
            },
            cancellationToken)
            ?? throw new InvalidOperationException("A counter that was written did not come back.");
    }

    /// <summary>What is used of some features, by feature; none that was not used yet.</summary>
    public async Task<IReadOnlyDictionary<string, long>> FindUsedAsync(
        TenantId tenant, Guid subscription, IReadOnlyList<Quota> quotas, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.feature_name, c.used from unnest(@features, @starts) as q(feature, start)
            join quota_counters c on c.tenant_id = @tenant and c.subscription_id = @subscription and c.feature_name = q.feature and c.window_start = q.start
            """;
        await using var connection = database.Open(tenant);
        var rows = await connection.QueryAsync<(string Feature, long Used)>(
            sql,
            new
            {
                tenant,
                subscription,
                features = quotas.Select(quota => quota.Feature).ToArray(),
                starts = quotas.Select(quota => quota.Window.Start.UtcDateTime).ToArray(),
            },
            cancellationToken);
        return rows.ToDictionary(row => row.Feature, row => row.Used);
    }

    /// <summary>Marks the thresholds of a counter as told and says which; null when none is owed.</summary>
    public Task<OwedThresholds?> TakeOwedAsync(TenantTransaction transaction, CounterKey key, CancellationToken cancellationToken)
    {
        const string sql = """
            with due as (
                select published, reached, used, quota from quota_counters
                where tenant_id = @tenant and subscription_id = @SubscriptionId and feature_name = @Feature and window_start = @WindowStart
                    and reached > published
                for update
            ), told as (
                update quota_counters c set published = due.reached from due
                where tenant_id = @tenant and subscription_id = @SubscriptionId and feature_name = @Feature and window_start = @WindowStart
            )
            select s.user_id, due.published::int, due.reached::int, due.used, due.quota
            from due join subscriptions s on s.tenant_id = @tenant and s.id = @SubscriptionId
            """;
        return transaction.FindAsync<OwedThresholds>(
            sql, new { tenant = transaction.Tenant, key.SubscriptionId, key.Feature, key.WindowStart }, cancellationToken);
    }

    /// <summary>Counters with thresholds that nobody has told, because a process died before it could.</summary>
    public async Task<IReadOnlyList<CounterKey>> ListOwedAcrossTenantsAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id as tenant, subscription_id, feature_name as feature, window_start from quota_counters where reached > published limit 1000
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<CounterKey>(new CommandDefinition(sql, cancellationToken: cancellationToken))).AsList();
    }
}
