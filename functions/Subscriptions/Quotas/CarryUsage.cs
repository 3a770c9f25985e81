using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>
/// Beginning anew gives nothing back: what is used of a day stays used that day, and what is used of a period that cost nothing stays used in
/// the one that takes its place, unless that is paid for.
/// </summary>
public sealed class CarryUsage(EntitlementStore entitlements)
{
    private static readonly string Carry = $"""
        insert into quota_counters as c (tenant_id, subscription_id, feature_name, window_start, window_end, used, quota, reached, published)
        select @tenant, @subscription, feature, window_start, window_end, earlier.used, quota,
            {Threshold.ReachedSql("earlier.used", "quota")}, {Threshold.ReachedSql("earlier.used", "quota")}
        from unnest(@features, @windowStarts, @windowEnds, @quotas, @daily) as q(feature, window_start, window_end, quota, is_daily)
        cross join lateral (
            select max(e.used) as used
            from quota_counters e join subscriptions s on s.tenant_id = e.tenant_id and s.id = e.subscription_id
            where e.tenant_id = @tenant and s.user_id = @user and s.product = @product and e.feature_name = feature
                and e.window_start <= @now and e.window_end > @now and (is_daily or case when s.id = @subscription then @wasFree else s.price = 0 end)
        ) as earlier
        where earlier.used > 0
        on conflict (tenant_id, subscription_id, feature_name, window_start) do update set used = greatest(c.used, excluded.used)
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
        var quotas = Quota.All(new Entitled(row), now).Where(quota => quota.IsDaily || !isPaid).ToList();
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
