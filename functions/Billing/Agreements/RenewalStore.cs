using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Agreements;

/// <summary>
/// SQL of the <c>invoices</c> that were made of agreements. One that somebody cancelled is not looked at: its period stays billed, for nothing.
/// </summary>
public sealed class RenewalStore
{
    private const string Columns = "id, period_start, period_end, subtotal, currency";

    /// <summary>The invoice that asks for money for a period.</summary>
    public Task<RenewalInvoice?> FindAsync(
        TenantTransaction transaction, Guid subscription, DateTimeOffset periodStart, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and subscription_id = @subscription and period_start = @periodStart and is_renewal
                and superseded_at is null and status <> 'cancelled'
            """;
        return transaction.FindAsync<RenewalInvoice>(sql, new { tenant = transaction.Tenant, subscription, periodStart }, cancellationToken);
    }

    /// <summary>Those that ask for money for periods after the one that began then.</summary>
    public Task<IReadOnlyList<RenewalInvoice>> ListAfterAsync(
        TenantTransaction transaction, Guid subscription, DateTimeOffset periodStart, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where tenant_id = @tenant and subscription_id = @subscription and period_start > @periodStart and is_renewal
                and superseded_at is null and status <> 'cancelled'
            order by period_start
            """;
        return transaction.QueryAsync<RenewalInvoice>(sql, new { tenant = transaction.Tenant, subscription, periodStart }, cancellationToken);
    }

    /// <summary>Another invoice, or none, stands for its charge from now on.</summary>
    public Task SupersedeAsync(TenantTransaction transaction, Guid invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = "update invoices set superseded_at = @now, updated_at = @now where tenant_id = @tenant and id = @invoice";
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, invoice, now }, cancellationToken);
    }
}
