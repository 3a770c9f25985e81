using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Plans;

/// <summary>SQL of <c>subscription_tiers</c> and <c>tier_prices</c>. A tenant sees the platform's tiers (tenant '*') and its own.</summary>
public sealed class TierStore(Database database)
{
    private const string SelectActive = """
        select t.id, t.code, t.name, t.description, t.billing_cycle, t.features::text, t.limits::text, p.currency, p.amount
        from subscription_tiers t
        join tier_prices p on p.tenant_id = t.tenant_id and p.tier_id = t.id
        where t.tenant_id in ('*', @tenant) and t.active
        """;

    public async Task<IReadOnlyList<Tier>> ListActiveAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        const string sql = $"{SelectActive} order by p.currency, t.billing_cycle, p.amount";
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Tier>(sql, new { tenant }, cancellationToken);
    }

    /// <summary>The tier on sale under that code; a tenant's own one comes before the platform's.</summary>
    public async Task<Tier?> FindOnSaleAsync(
        TenantId tenant, string code, BillingCycle cycle, Currency currency, CancellationToken cancellationToken)
    {
        const string sql = $"""
            {SelectActive} and t.code = @code and t.billing_cycle = @cycle and p.currency = @currency
            order by t.tenant_id = '*'
            limit 1
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Tier>(
            sql, new { tenant, code, cycle = cycle.ToString().ToLowerInvariant(), currency }, cancellationToken);
    }
}
