using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>SQL of what is due of an invoice, and of the moves that come of it. Each move is one statement that says from where it may be made.</summary>
public sealed class BalanceStore
{
    /// <summary>Puts up to so much on an open invoice; it is paid when nothing is due any more. Null when it is not open.</summary>
    public Task<Invoice?> PayAsync(
        TenantTransaction transaction, Guid id, Guid payment, Money amount, DateTimeOffset paidAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update invoices
            set amount_paid = amount_paid + least(@amount, total_amount - amount_paid - amount_credited),
                status = case when @amount >= total_amount - amount_paid - amount_credited then 'paid' else status end,
                paid_date = case when @amount >= total_amount - amount_paid - amount_credited then @paidAt end,
                payment_transaction_id = case when @amount >= total_amount - amount_paid - amount_credited then @payment end,
                collect_at = case when @amount >= total_amount - amount_paid - amount_credited then null else collect_at end,
                updated_at = @now
            where tenant_id = @tenant and id = @id and status in ('pending', 'overdue') and not is_draft and currency = @currency
            returning {InvoiceStore.Columns}
            """;
        return transaction.FindAsync<Invoice>(
            sql, new { tenant = transaction.Tenant, id, payment, paidAt, now, currency = amount.Currency, amount = amount.Amount }, cancellationToken);
    }

    /// <summary>Takes back what a payment had brought. An invoice that was paid is open again, and its dunning begins anew.</summary>
    public Task<Invoice?> TakeBackAsync(
        TenantTransaction transaction, Guid id, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update invoices
            set amount_paid = amount_paid - @amount,
                status = case when status = 'paid' then 'pending' else status end,
                reopened_at = case when status = 'paid' then @now else reopened_at end,
                reopenings = case when status = 'paid' then reopenings + 1 else reopenings end,
                dunning_stage = case when status = 'paid' then 0 else dunning_stage end,
                written_off_at = case when status = 'paid' then null else written_off_at end,
                paid_date = null, payment_transaction_id = null, updated_at = @now
            where tenant_id = @tenant and id = @id and status <> 'cancelled' and amount_paid >= @amount
            returning {InvoiceStore.Columns}
            """;
        return transaction.FindAsync<Invoice>(sql, new { tenant = transaction.Tenant, id, amount, now }, cancellationToken);
    }

    /// <summary>
    /// Takes a credit note off the total, and off what was paid when it is more than what is due. An open invoice of which nothing is due any more
    /// is paid, or cancelled when nobody has paid anything. Null when so much is not left of it.
    /// </summary>
    /// <param name="over">What of the note is more than is due.</param>
    /// <param name="pays">The note itself is what pays it.</param>
    public Task<Invoice?> CreditAsync(
        TenantTransaction transaction, Guid id, decimal amount, decimal over, bool pays, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update invoices
            set amount_credited = amount_credited + @amount, amount_paid = amount_paid - @over,
                status = case
                    when status = 'paid' or total_amount - amount_paid - amount_credited + @over > @amount then status
                    when amount_paid > 0 or @pays then 'paid'
                    else 'cancelled'
                end,
                paid_date = case
                    when status <> 'paid' and (amount_paid > 0 or @pays) and total_amount - amount_paid - amount_credited + @over <= @amount then @now
                    else paid_date
                end,
                collect_at = case when total_amount - amount_paid - amount_credited + @over <= @amount then null else collect_at end,
                updated_at = @now
            where tenant_id = @tenant and id = @id and status <> 'cancelled'
              and amount_paid >= @over and amount_paid - @over + amount_credited + @amount <= total_amount
            returning {InvoiceStore.Columns}
            """;
        return transaction.FindAsync<Invoice>(sql, new { tenant = transaction.Tenant, id, amount, over, pays, now }, cancellationToken);
    }
}
