using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Reports;

/// <summary>
/// SQL that sums invoices up; a credit note takes off in the month of its own, also one over all of an invoice. What was cancelled without one is left out.
/// </summary>
public sealed class ReportStore(Database database)
{
    private const string Counts = "(i.status <> 'cancelled' or i.amount_credited = i.total_amount)";

    private const string Booked = $"""
        select i.created_at as at, i.currency, i.tax_rate as rate, 1 as invoices, i.amount as net, i.tax_amount as tax, i.total_amount as total,
            i.amount_paid as paid
        from invoices i
        where i.tenant_id = @tenant and i.created_at >= @Start and i.created_at < @End and not i.is_draft and {Counts}
        union all
        select n.created_at, n.currency, n.tax_rate, 0, -n.amount, -n.tax_amount, -n.total_amount, 0
        from credit_notes n join invoices i on i.tenant_id = n.tenant_id and i.id = n.invoice_id and {Counts}
        where n.tenant_id = @tenant and n.created_at >= @Start and n.created_at < @End
        """;

    public async Task<IReadOnlyList<RevenueRow>> RevenueAsync(TenantId tenant, MonthRange range, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select date_trunc('month', at at time zone 'UTC')::date as month, currency, sum(invoices)::bigint as invoices, sum(net) as net,
                sum(tax) as tax, sum(total) as total, sum(paid) as paid
            from ({Booked}) as booked
            group by 1, 2
            order by 1, 2
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<RevenueRow>(sql, new { tenant, range.Start, range.End }, cancellationToken);
    }

    public async Task<IReadOnlyList<TaxRow>> TaxAsync(TenantId tenant, MonthRange range, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select date_trunc('month', at at time zone 'UTC')::date as month, currency, rate, sum(invoices)::bigint as invoices, sum(net) as base,
                sum(tax) as tax
            from ({Booked}) as booked
            group by 1, 2, 3
            order by 1, 2, 3
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<TaxRow>(sql, new { tenant, range.Start, range.End }, cancellationToken);
    }

    /// <summary>The day on which an invoice is due counts as day 0.</summary>
    public async Task<IReadOnlyList<ReceivablesRow>> ReceivablesAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select currency, count(*) as invoices,
                coalesce(sum(due) filter (where days < 0), 0) as not_due,
                coalesce(sum(due) filter (where days between 0 and 30), 0) as days0_to30,
                coalesce(sum(due) filter (where days between 31 and 60), 0) as days31_to60,
                coalesce(sum(due) filter (where days between 61 and 90), 0) as days61_to90,
                coalesce(sum(due) filter (where days > 90), 0) as days_over90,
                sum(due) as total
            from (
                select currency, total_amount - amount_paid - amount_credited as due,
                    (@now at time zone 'UTC')::date - (due_date at time zone 'UTC')::date as days
                from invoices
                where tenant_id = @tenant and status in ('pending', 'overdue') and not is_draft and written_off_at is null
            ) as open
            group by currency
            order by currency
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<ReceivablesRow>(sql, new { tenant, now }, cancellationToken);
    }
}
