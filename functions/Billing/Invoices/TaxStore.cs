using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>SQL of <c>tax_rates</c> and <c>tax_modes</c>: what invoices are taxed by. They keep the rate and mode they were made by.</summary>
public sealed class TaxStore(Database database)
{
    /// <summary>How the tenant's invoices are taxed on that day, by currency.</summary>
    public async Task<IReadOnlyDictionary<string, TaxRule>> ListRulesAsync(
        TenantConnection connection, DateOnly day, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct on (rate.currency) rate.currency, rate.rate, coalesce(mode.mode, 'exclusive') as mode
            from tax_rates rate
            left join tax_modes mode on mode.tenant_id = @tenant and mode.currency = rate.currency
            where rate.valid_from <= @day
            order by rate.currency, rate.valid_from desc
            """;
        var rows = await connection.QueryAsync<TaxRow>(sql, new { tenant = connection.Tenant, day }, cancellationToken);
        return rows.ToDictionary(row => row.Currency, row => new TaxRule(row.Rate, row.Mode));
    }

    /// <summary>Whether the tenant's prices in a currency contain the tax.</summary>
    public async Task SetAsync(TenantId tenant, Currency currency, TaxMode mode, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into tax_modes (tenant_id, currency, mode) values (@tenant, @currency, @mode)
            on conflict (tenant_id, currency) do update set mode = excluded.mode
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, currency, mode = mode.ToString().ToLowerInvariant() }, cancellationToken);
    }

    private sealed record TaxRow(string Currency, decimal Rate, TaxMode Mode);
}
