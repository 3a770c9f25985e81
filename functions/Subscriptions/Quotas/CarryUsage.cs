using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>
/// Beginning anew gives nothing back: what is used of a day stays used that day, and what is used of a period that cost nothing in the free one that
/// takes its place. Where that is paid for, the money for the days that were left was given back, and what was used beyond the share of the
/// others goes along. A counter that goes on under another quota is told of anew.
/// </summary>
public sealed class CarryUsage(EntitlementStore entitlements)
{
    // Of what has no limit nothing can be used beyond its share.
    private const string BeyondItsShare = """
        case when e.quota < 0 then 0 else e.used - trunc(
            e.quota * extract(epoch from @now - e.window_start) / extract(epoch from e.window_end - e.window_start))::bigint end
        """;

    // Of a day is used what was counted since it began. What goes along was told of as far as it was where it comes from; the rest is owed.
    private static readonly string Carry = $"""
        insert into quota_counters as c (tenant_id, subscription_id, feature_name, window_start, window_end, used, quota, reached, published)
        select @tenant, @subscription, feature, window_start, window_end, earlier.used, quota,
            {Threshold.ReachedSql("earlier.used", "quota")}, least({Threshold.ReachedSql("earlier.used", "quota")}, earlier.told)
        from unnest(@features, @windowStarts, @windowEnds, @quotas, @daily) as q(feature, window_start, window_end, quota, is_daily)
        cross join lateral (
            select max(case when @isPaid and not is_daily and not goes_on then {BeyondItsShare} else e.used end) as used,
                max(e.published) as told
            from quota_counters e join subscriptions s on s.tenant_id = e.tenant_id and s.id = e.subscription_id
            cross join lateral (select s.id = @subscription as is_own, s.id = @subscription and e.window_start = q.window_start as goes_on) as which
            where e.tenant_id = @tenant and s.user_id = @user and s.product = @product and e.feature_name = feature
                and e.window_start <= @now and e.window_end > @now
                and case when is_daily then e.window_start >= q.window_start when goes_on then true
                    when @isPaid then is_own or s.charge_id is not null when is_own then @wasFree else s.price = 0 end
        ) as earlier
        where earlier.used > 0
        on conflict (tenant_id, subscription_id, feature_name, window_start) do update set
            used = greatest(c.used, excluded.used), quota = excluded.quota, {Threshold.PassedSql("excluded.quota", "greatest(c.used, excluded.used)")}
        """;

    /// <param name="transaction">The one that begins it.</param>
    /// <param name="before">What it was; null where it is new.</param>
    /// <param name="after">What it is.</param>
    /// <param name="isPaid">The period that begins costs something.</param>
    /// <param name="now">When it begins.</param>
    /// <param name="cancellationToken">Ends the statements.</param>
    public async Task RunAsync(
        TenantTransaction transaction, Subscription? before, Subscription after, bool isPaid, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await entitlements.FindAsync(transaction, after.Id, cancellationToken)
            ?? throw new InvalidOperationException($"Subscription {after.Id} has no tier.");
        var quotas = Quota.All(new Entitled(row), now).ToList();
        if (quotas.Count == 0)
            return;

        await transaction.ExecuteAsync(
            Carry,
            new
            {
                tenant = transaction.Tenant,
                subscription = after.Id,
                user = after.UserId,
                product = after.Product,
                isPaid,
                wasFree = before is null or { Price: 0 },
                now,
                features = quotas.Select(quota => quota.Feature).ToArray(),
                windowStarts = quotas.Select(quota => quota.Window.Start).ToArray(),
                windowEnds = quotas.Select(quota => quota.Window.End).ToArray(),
                quotas = quotas.Select(quota => quota.Limit).ToArray(),
                daily = quotas.Select(quota => quota.IsDaily).ToArray(),
            },
            cancellationToken);
    }
}
