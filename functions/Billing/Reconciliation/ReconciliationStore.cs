using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Reconciliation;

/// <summary>A payment as Billing has it.</summary>
/// <param name="Held">What of it is on its invoice, in the balance or on its way back.</param>
public sealed record HeldPayment(Guid PaymentId, string Currency, decimal Amount, decimal Held, decimal Refunded)
{
    public Money Money(decimal amount) => new(amount, Shared.Finance.Currency.Parse(Currency));
}

/// <summary>Compares the tables of Billing with each other: what stands in a row with the entries that it sums up.</summary>
public sealed class ReconciliationStore(Database database)
{
    private sealed record Row(string Kind, Guid Subject, string Currency, decimal Expected, decimal Actual)
    {
        public BookDifference ToDifference() => new(Kind, Subject, Of(Expected, Currency), Of(Actual, Currency));
    }

    private sealed record SumRow(
        string Currency, decimal Invoiced, decimal Tax, decimal Received, decimal Credited, decimal Refunded, decimal CreditChange)
    {
        public MonthSums ToSums() => new(
            Of(Invoiced, Currency), Of(Tax, Currency), Of(Received, Currency), Of(Credited, Currency), Of(Refunded, Currency),
            Of(CreditChange, Currency));
    }

    /// <summary>What does not agree of the invoices, payments and balances that something happened to in that time, worst first.</summary>
    public async Task<IReadOnlyList<BookDifference>> ListDifferencesAsync(
        TenantId tenant, Period period, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            with touched as (
                select id from invoices where tenant_id = @tenant and created_at >= @Start and created_at < @End and not is_draft
                union
                select invoice_id from payments_received where tenant_id = @tenant and received_at >= @Start and received_at < @End
                union
                select invoice_id from credit_notes where tenant_id = @tenant and created_at >= @Start and created_at < @End
            ), invoice as (
                select invoices.* from invoices join touched using (id) where tenant_id = @tenant
            ), payment as (
                select * from payments_received
                where tenant_id = @tenant and coalesce(received_at, created_at) >= @Start and coalesce(received_at, created_at) < @End
            ), payer as (
                select distinct user_id, currency from credit_entries where tenant_id = @tenant and created_at >= @Start and created_at < @End
                union
                select user_id, currency from credit_balances where tenant_id = @tenant and updated_at >= @Start and updated_at < @End
            ), compared as (
                -- Lines are stated before tax, or with it.
                select 'lines_of_invoice' as kind, invoice.id as subject, currency, line.sum as expected,
                    case when line.sum = total_amount then total_amount else amount end as actual
                from invoice, lateral (
                    select coalesce(sum(total_price), 0) as sum from invoice_line_items
                    where tenant_id = @tenant and invoice_id = invoice.id) as line
                union all
                select 'paid_of_invoice', invoice.id, currency, paid.sum, amount_paid
                from invoice, lateral (
                    select coalesce(sum(applied), 0) as sum from payments_received
                    where tenant_id = @tenant and invoice_id = invoice.id) as paid
                union all
                select 'credited_of_invoice', invoice.id, currency, note.sum, amount_credited
                from invoice, lateral (
                    select coalesce(sum(total_amount), 0) as sum from credit_notes
                    where tenant_id = @tenant and invoice_id = invoice.id) as note
                union all
                select 'due_of_paid_invoice', id, currency, 0, total_amount - amount_paid - amount_credited from invoice where status = 'paid'
                union all
                select 'paid_of_cancelled_invoice', id, currency, 0, amount_paid from invoice where status = 'cancelled'
                union all
                select 'open_invoice_without_due', id, currency, total_amount, amount_paid + amount_credited from invoice
                where status in ('pending', 'overdue') and not is_draft and total_amount <= amount_paid + amount_credited
                union all
                select 'refund_of_payment', payment_id, currency, returned, refunded from payment
                where reversed_at is null and received_at is not null and not exists (
                    select from credit_note_refunds
                    where tenant_id = @tenant and payment_id = payment.payment_id and status = 'pending')
                union all
                select 'refund_of_reversed_payment', payment_id, currency, 0, refunded from payment where reversed_at is not null
                union all
                select 'payment_spent_and_gone', payment_id, currency, 0, uncovered from payment
                union all
                select 'credit_of_payment', payment.payment_id, currency, entry.sum, credited_net + uncovered
                from payment, lateral (
                    select coalesce(sum(amount), 0) as sum from credit_entries
                    where tenant_id = @tenant and user_id = payment.user_id and payment_id = payment.payment_id) as entry
                union all
                select 'credit_balance', payer.user_id, payer.currency, entry.sum, coalesce(balance, 0)
                from payer
                left join credit_balances as book on tenant_id = @tenant and book.user_id = payer.user_id and book.currency = payer.currency, lateral (
                    select coalesce(sum(amount), 0) as sum from credit_entries
                    where tenant_id = @tenant and user_id = payer.user_id and currency = payer.currency) as entry
            )
            select kind, subject, currency, expected, actual from compared
            where expected <> actual or kind = 'open_invoice_without_due'
            order by abs(expected - actual) desc, kind, subject
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        var rows = await connection.QueryAsync<Row>(sql, new { tenant, period.Start, period.End, limit }, cancellationToken);
        return [.. rows.Select(row => row.ToDifference())];
    }

    public async Task<IReadOnlyList<MonthSums>> SumAsync(TenantId tenant, Period period, CancellationToken cancellationToken)
    {
        const string sql = """
            with line as (
                select currency, total_amount as invoiced, tax_amount as tax, 0 as received, 0 as credited, 0 as refunded, 0 as credit
                from invoices where tenant_id = @tenant and created_at >= @Start and created_at < @End and not is_draft
                union all
                select currency, 0, 0, case when reversed_at is null then amount else 0 end, 0, refunded, 0
                from payments_received where tenant_id = @tenant and received_at >= @Start and received_at < @End
                union all
                select currency, 0, 0, 0, total_amount, 0, 0
                from credit_notes where tenant_id = @tenant and created_at >= @Start and created_at < @End
                union all
                select currency, 0, 0, 0, 0, 0, amount
                from credit_entries where tenant_id = @tenant and created_at >= @Start and created_at < @End
            )
            select currency, sum(invoiced) as invoiced, sum(tax) as tax, sum(received) as received, sum(credited) as credited,
                sum(refunded) as refunded, sum(credit) as credit_change
            from line group by currency order by currency
            """;
        await using var connection = database.Open(tenant);
        var rows = await connection.QueryAsync<SumRow>(sql, new { tenant, period.Start, period.End }, cancellationToken);
        return [.. rows.Select(row => row.ToSums())];
    }

    public async Task<IReadOnlyList<HeldPayment>> ListHeldAsync(TenantId tenant, IReadOnlyList<Guid> payments, CancellationToken cancellationToken)
    {
        const string sql = """
            select payment_id, currency, amount, applied + credited + returned as held, refunded from payments_received
            where tenant_id = @tenant and payment_id = any(@payments) and received_at is not null
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<HeldPayment>(sql, new { tenant, payments = payments.ToArray() }, cancellationToken);
    }

    /// <summary>Payments that came in that time by our books and are not among those of a page, which reaches from one payment to another.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    /// <param name="upTo">The last of this page; null for the last page.</param>
    public async Task<IReadOnlyList<HeldPayment>> ListOthersAsync(
        TenantId tenant, Period period, SettledPayment? after, SettledPayment? upTo, IReadOnlyList<Guid> page, int limit,
        CancellationToken cancellationToken)
    {
        var sql = $"""
            select payment_id, currency, amount, applied + credited + returned as held, refunded from payments_received
            where tenant_id = @tenant and received_at >= @Start and received_at < @End and not payment_id = any(@page)
            {(after is null ? "" : "and (received_at, payment_id) > (@afterAt, @afterId)")}
            {(upTo is null ? "" : "and (received_at, payment_id) <= (@upToAt, @upToId)")}
            order by received_at, payment_id
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<HeldPayment>(
            sql,
            new
            {
                tenant,
                period.Start,
                period.End,
                page = page.ToArray(),
                afterAt = after?.SettledAt,
                afterId = after?.Id,
                upToAt = upTo?.SettledAt,
                upToId = upTo?.Id,
                limit,
            },
            cancellationToken);
    }

    private static Money Of(decimal amount, string currency) => new(amount, Currency.Parse(currency));
}
