using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Charges;

/// <summary>What a charge took back of an earlier one; a row of <c>charge_credits</c>.</summary>
/// <param name="Charged">What it charges itself.</param>
public sealed record ChargeCredit(Guid ChargeId, Guid CreditedChargeId, decimal Amount, decimal Charged);

/// <summary>SQL of <c>charge_credits</c>, and of what else the books say of a charge.</summary>
public sealed class ChargeCreditStore
{
    // What a cancelled invoice had taken back is its charge's again.
    private const string Books = """
        select credit.credited_charge_id as earlier_charge, credit.amount as taken, coalesce(credit.charged, 0) as charged,
            invoice.id is not null as is_billed, coalesce(invoice.status = 'cancelled', false) as is_cancelled, coalesce(line.asked, 0) as asked,
            coalesce(invoice.subtotal, 0) as subtotal, coalesce(invoice.discount, 0) as discount,
            coalesce(invoice.subtotal - invoice.discount - line.total, 0) as credit,
            coalesce(note.total + entry.total + invoice.subtotal - invoice.discount - line.total, 0) as returned,
            greatest(0, coalesce(line.total - invoice.subtotal + invoice.discount, 0) - entry.total) as taken_back, given.total as given_back
        from charge
        left join invoices invoice on invoice.tenant_id = @tenant and invoice.id = charge.invoice_id
        left join charge_credits credit on credit.tenant_id = @tenant and credit.charge_id = charge.id
        left join lateral (
            select coalesce(sum(total_price) filter (where total_price > 0), 0) as asked, coalesce(sum(total_price), 0) as total
            from invoice_line_items where tenant_id = @tenant and invoice_id = invoice.id) as line on true
        left join lateral (
            select coalesce(sum(part.amount), 0) as total
            from credit_notes note join credit_note_lines part on part.tenant_id = @tenant and part.credit_note_id = note.id
            where note.tenant_id = @tenant and note.invoice_id = invoice.id) as note on true
        left join lateral (
            select coalesce(sum(amount), 0) as total from credit_entries
            where tenant_id = @tenant and user_id = invoice.user_id and invoice_id = invoice.id) as entry on true
        left join lateral (
            select coalesce(sum(later.amount), 0) as total from charge_credits later
            where later.tenant_id = @tenant and later.credited_charge_id = charge.id and not exists (
                select from invoices where tenant_id = @tenant and charge_id = later.charge_id and superseded_at is null and status = 'cancelled')
        ) as given on true
        """;

    /// <summary>Null when nothing of the charge is known here.</summary>
    public Task<ChargeBooks?> FindAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with charge as (
                select @charge::uuid as id, (
                    select id from invoices where tenant_id = @tenant and charge_id = @charge and superseded_at is null) as invoice_id
            )
            {Books}
            where invoice.id is not null or credit.charge_id is not null
            """;
        return transaction.FindAsync<ChargeBooks>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    /// <summary>Of an invoice. To one that is superseded no charge belongs any more.</summary>
    public async Task<ChargeBooks> FindOfInvoiceAsync(TenantTransaction transaction, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with charge as (
                select case when superseded_at is null then charge_id end as id, id as invoice_id from invoices
                where tenant_id = @tenant and id = @invoice
            )
            {Books}
            """;
        return await transaction.FindAsync<ChargeBooks>(sql, new { tenant = transaction.Tenant, invoice }, cancellationToken)
            ?? throw new InvalidOperationException($"Invoice {invoice} is gone.");
    }

    /// <summary>
    /// The invoices of a charge and of those before it of which it took something back, newest first; whoever moves one of them waits.
    /// </summary>
    public Task<IReadOnlyList<Invoice>> LockChainAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with recursive chain as (
                select @charge::uuid as link
                union
                select credit.credited_charge_id from chain join charge_credits credit on credit.tenant_id = @tenant and credit.charge_id = chain.link
            )
            select {InvoiceStore.Columns} from invoices
            where tenant_id = @tenant and charge_id in (select link from chain) and superseded_at is null
            order by created_at desc, id desc
            for update
            """;
        return transaction.QueryAsync<Invoice>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    /// <summary>What later charges took back of it, and of each other, and left as credit.</summary>
    public Task<decimal> SumCreditAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = """
            with recursive later as (
                select charge_id, amount from charge_credits where tenant_id = @tenant and credited_charge_id = @charge
                union
                select further.charge_id, further.amount
                from later join charge_credits further on further.tenant_id = @tenant and further.credited_charge_id = later.charge_id
            )
            select coalesce(sum(least(entry.amount, later.amount)), 0)
            from later join credit_entries entry on entry.tenant_id = @tenant and entry.charge_id = later.charge_id
            """;
        return transaction.FindAsync<decimal>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    public Task<bool> IsKeptAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken) =>
        transaction.FindAsync<bool>(
            "select exists (select from charge_credits where tenant_id = @tenant and charge_id = @charge)",
            new { tenant = transaction.Tenant, charge }, cancellationToken);

    /// <summary>
    /// Whether there is an invoice for the charge, or it needed none or was withdrawn before there could be one. A superseded one says nothing of it:
    /// what stands in its place is still to come.
    /// </summary>
    public Task<bool> IsKnownAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from invoices where tenant_id = @tenant and charge_id = @charge and superseded_at is null)
                or exists (select from charge_credits where tenant_id = @tenant and charge_id = @charge)
                or exists (select from withdrawn_charges where tenant_id = @tenant and charge_id = @charge)
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, charge }, cancellationToken);
    }

    public Task InsertAsync(TenantTransaction transaction, ChargeCredit credit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into charge_credits (tenant_id, charge_id, credited_charge_id, amount, charged, created_at)
            values (@tenant, @ChargeId, @CreditedChargeId, @Amount, @Charged, @now)
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, credit.ChargeId, credit.CreditedChargeId, credit.Amount, credit.Charged, now }, cancellationToken);
    }

    /// <summary>Another charge stands in the place of one that was withdrawn: that one has taken nothing back, whether it was told already or not.</summary>
    public Task ReplaceAsync(TenantTransaction transaction, Guid charge, Guid credited, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into charge_credits (tenant_id, charge_id, credited_charge_id, amount, charged, created_at)
            values (@tenant, @charge, @credited, 0, 0, @now)
            on conflict (tenant_id, charge_id) do update set amount = 0
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, charge, credited, now }, cancellationToken);
    }

    /// <summary>A charge was withdrawn and what had been paid of it is given back: what it had taken back is the earlier one's again.</summary>
    public Task ReleaseAsync(TenantTransaction transaction, Guid charge, CancellationToken cancellationToken) => transaction.ExecuteAsync(
        "update charge_credits set amount = 0 where tenant_id = @tenant and charge_id = @charge", new { tenant = transaction.Tenant, charge },
        cancellationToken);
}
