using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Entitlements;

/// <summary>SQL that reads subscriptions together with what their tiers include.</summary>
public sealed class EntitlementStore(Database database)
{
    private const string Select = """
        select s.id, s.user_id, s.product, t.code as tier_code, t.name as tier_name, t.billing_cycle, s.billing_mode, s.status, s.period_start,
            s.expires_at, s.anchor_day, s.auto_renew and not s.cancel_at_period_end as renews, t.features::text, t.limits::text,
            n.code as next_tier_code, n.name as next_tier_name, coalesce(n.billing_cycle, t.billing_cycle) as next_cycle,
            coalesce(n.billing_mode, t.billing_mode) as next_mode, n.features::text as next_features, n.limits::text as next_limits
        from subscriptions s
        join subscription_tiers t on t.tenant_id in ('*', s.tenant_id) and t.id = s.tier_id
        left join subscription_tiers n on n.tenant_id in ('*', s.tenant_id) and n.id = s.next_tier_id
        where s.tenant_id = @tenant
        """;

    public async Task<IReadOnlyList<EntitledRow>> ListAsync(TenantId tenant, Guid[] subscriptions, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<EntitledRow>($"{Select} and s.id = any(@subscriptions)", new { tenant, subscriptions }, cancellationToken);
    }

    /// <summary>The subscription as the transaction has made it.</summary>
    public Task<EntitledRow?> FindAsync(TenantTransaction transaction, Guid subscription, CancellationToken cancellationToken) =>
        transaction.FindAsync<EntitledRow>($"{Select} and s.id = @subscription", new { tenant = transaction.Tenant, subscription }, cancellationToken);

    /// <summary>The live subscriptions of users to a product.</summary>
    public async Task<IReadOnlyList<EntitledRow>> ListLiveAsync(
        TenantId tenant, Guid[] users, string product, CancellationToken cancellationToken)
    {
        const string sql = $"""
            {Select} and s.user_id = any(@users) and s.product = @product
                and s.status in ('pending', 'trialing', 'active', 'paused', 'suspended')
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<EntitledRow>(sql, new { tenant, users, product }, cancellationToken);
    }
}
