using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>SQL of <c>tax_modes</c>: whether a tenant's prices in a currency contain the tax. Invoices keep the mode they were made by.</summary>
public sealed class TaxModeStore(Database database)
{
    public async Task SetAsync(TenantId tenant, Currency currency, TaxMode mode, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into tax_modes (tenant_id, currency, mode) values (@tenant, @currency, @mode)
            on conflict (tenant_id, currency) do update set mode = excluded.mode
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, currency, mode = mode.ToString().ToLowerInvariant() }, cancellationToken);
    }
}
