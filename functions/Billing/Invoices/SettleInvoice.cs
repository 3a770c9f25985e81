using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>A payment arrived: the open invoice of exactly that total is paid. Money that fits no open invoice is noted, never dropped.</summary>
public sealed class SettleInvoice(InvoiceStore invoices, HistoryStore history, TimeProvider time)
{
    public async Task RunAsync(PaymentSucceeded payment, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await invoices.LockAsync(transaction, payment.InvoiceId, cancellationToken);
        // Messages may overtake each other: money that went back already pays nothing.
        var invoice = await history.WasReversedAsync(transaction, payment.UserId, payment.PaymentId, cancellationToken)
            ? null
            : await invoices.MarkPaidAsync(
                transaction, payment.InvoiceId, payment.PaymentId, payment.Amount, payment.SettledAt, now, cancellationToken);
        await history.AddAsync(
            transaction, payment.UserId, invoice is null ? "payment_unmatched" : "invoice_paid",
            new { payment.InvoiceId, payment.PaymentId, payment.Amount, payment.Method }, now, cancellationToken);
        if (invoice is null)
            return;

        await transaction.PublishAsync(
            new InvoicePaid(
                invoice.Id, invoice.InvoiceNumber, invoice.UserId, invoice.SubscriptionId, payment.PaymentId, invoice.Total, payment.SettledAt,
                invoice.ChargeId),
            now, cancellationToken);
    }
}
