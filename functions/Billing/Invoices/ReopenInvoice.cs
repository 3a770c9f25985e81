using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>The bank took a payment back: the invoice it had paid is open again.</summary>
public sealed class ReopenInvoice(InvoiceStore invoices, HistoryStore history, TimeProvider time)
{
    public async Task RunAsync(PaymentReversed reversed, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await invoices.LockAsync(transaction, reversed.InvoiceId, cancellationToken);
        var invoice = await invoices.ReopenAsync(transaction, reversed.InvoiceId, reversed.PaymentId, now, cancellationToken);
        await history.AddAsync(
            transaction, reversed.UserId, invoice is null ? "reversal_unmatched" : "invoice_reopened",
            new { reversed.InvoiceId, reversed.PaymentId, reversed.Amount, reversed.Reason }, now, cancellationToken);
    }
}
