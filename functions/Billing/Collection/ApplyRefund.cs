using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>
/// Money of a payment went back. What a credit note had asked for is only noted; what somebody sent back at Payments by himself leaves the payer's
/// credit, then the invoice, which gets the credit note that it lacks.
/// </summary>
public sealed class ApplyRefund(
    InvoiceStore invoices, BalanceStore balances, ReceivedPaymentStore payments, PlaceMoney place, AskAgain again, WriteCreditNote write,
    HistoryStore history, BillingTime time)
{
    private const string Reason = "refunded at the payment gateway";

    public async Task RunAsync(PaymentRefunded told, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var invoice = await invoices.LockAsync(transaction, told.InvoiceId, cancellationToken);
        var payment = await payments.TakeAsync(
            transaction, told.PaymentId, told.InvoiceId, told.UserId, told.Amount.Currency, now, cancellationToken);
        // The totals only grow: an older one that comes late is known.
        var total = told.RefundedInTotal.Amount;
        if (total <= payment.Refunded)
            return;

        var unasked = payment.IsUnheardOf || payment.IsReversed ? 0 : Math.Min(total, payment.Amount) - payment.Returned;
        if (unasked > 0)
            payment = await TakeBackAsync(transaction, payment, invoice, unasked, now, cancellationToken);
        await payments.SaveAsync(transaction, payment with { Refunded = total }, now, cancellationToken);
        await history.AddAsync(
            transaction, told.UserId, "payment_refunded", new { told.InvoiceId, told.PaymentId, told.Amount, told.RefundedInTotal }, now,
            cancellationToken);
    }

    /// <summary>Takes what went back from where it is: first from the payer's credit, then from the invoice.</summary>
    public async Task<ReceivedPayment> TakeBackAsync(
        TenantTransaction transaction, ReceivedPayment payment, Invoice? invoice, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        (payment, var ofCredit) = await place.FromCreditAsync(transaction, payment, amount, Reason, now, cancellationToken);
        var ofInvoice = Math.Min(amount - ofCredit, payment.Applied);
        if (ofInvoice > 0)
            await TakeOffAsync(transaction, invoice!, payment, ofInvoice, now, cancellationToken);

        var spent = amount - ofCredit - ofInvoice;
        var spentNet = spent == 0 ? 0 : payment.CreditOf(spent).Amount;
        payment = payment.WithCredit(-spent, -spentNet) with { Applied = payment.Applied - ofInvoice, Returned = payment.Returned + amount };
        return await again.RunAsync(transaction, payment, spentNet, invoice, now, cancellationToken);
    }

    private async Task TakeOffAsync(
        TenantTransaction transaction, Invoice invoice, ReceivedPayment payment, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What is not settled yet is simply due again.
        if (invoice.IsPayable)
        {
            await balances.TakeBackAsync(transaction, invoice.Id, amount, now, cancellationToken);
            return;
        }

        var draft = (await write.MeasureAsync(transaction, invoice, cancellationToken)).OfTotal(payment.Money(amount));
        var effect = new CreditNoteEffect(invoice.Money(0), invoice.Money(0), draft.Total);
        await write.RunAsync(transaction, invoice, draft, effect, Reason, "service payments", now, cancellationToken);
    }
}
