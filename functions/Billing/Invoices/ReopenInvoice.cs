using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>
/// The bank took a payment back: the invoice it had paid is open again, unless the payer's other money for it pays it anew, or it had been superseded.
/// </summary>
public sealed class ReopenInvoice(
    InvoiceStore invoices, BalanceStore balances, ReceivedPaymentStore payments, PlaceMoney place, AskAgain again, SupersedeInvoice supersede,
    LowerOpen lower, HistoryStore history, BillingTime time)
{
    public async Task RunAsync(PaymentReversed reversed, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = await invoices.LockAsync(transaction, reversed.InvoiceId, cancellationToken);
        var payment = await payments.TakeAsync(
            transaction, reversed.PaymentId, reversed.InvoiceId, reversed.UserId, reversed.Amount.Currency, now, cancellationToken);
        if (payment.IsReversed)
            return;

        var isUnheardOf = payment.IsUnheardOf;
        var after = payment.Applied == 0
            ? before
            : await balances.TakeBackAsync(transaction, reversed.InvoiceId, payment.Applied, now, cancellationToken)
                ?? throw new InvalidOperationException($"Payment {payment.PaymentId} is not on invoice {reversed.InvoiceId}.");
        (payment, _) = await place.FromCreditAsync(
            transaction, payment, payment.Credited, "the bank took the payment back", now, cancellationToken);
        payment = await again.RunAsync(
            transaction, payment with { Applied = 0, Credited = 0, Returned = 0, CreditedNet = 0, ReversedAt = now }, payment.CreditedNet, before, now,
            cancellationToken);
        await payments.SaveAsync(transaction, payment, now, cancellationToken);

        if (after is { IsSuperseded: true, IsPayable: true })
            after = await supersede.EndAsync(transaction, after, now, cancellationToken);
        var isReopened = before?.Status == InvoiceStatus.Paid && after?.Status == InvoiceStatus.Pending;
        await history.AddAsync(
            transaction, reversed.UserId, isReopened ? "invoice_reopened" : isUnheardOf ? "reversal_unmatched" : "payment_reversed",
            new { reversed.InvoiceId, reversed.PaymentId, reversed.Amount, reversed.Reason, uncovered = payment.Money(payment.Uncovered) },
            now, cancellationToken);
        if (after is { IsPayable: true })
            after = await PayAnewAsync(transaction, after, now, cancellationToken);
        if (isReopened && after is { IsPayable: true })
            after = await lower.RunAsync(transaction, after, now, cancellationToken);
        if (isReopened && after is { IsPayable: true })
            await transaction.PublishAsync(after.Reopened(), now, cancellationToken);
    }

    // It was paid twice, and the news of the second payment came first: that money lies in the balance.
    private async Task<Invoice> PayAnewAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var other in await payments.ListForUpdateAsync(transaction, invoice.Id, cancellationToken))
        {
            if (other.Credited == 0 || !invoice.IsPayable)
                continue;
            var (payment, gross) = await place.FromCreditAsync(
                transaction, other, invoice.Due.Amount, $"pays invoice {invoice.InvoiceNumber} after all", now, cancellationToken);
            if (gross == 0)
                continue;
            invoice = await balances.PayAsync(
                transaction, invoice.Id, payment.PaymentId, payment.Money(gross), payment.ReceivedAt!.Value, now, cancellationToken)
                ?? throw new InvalidOperationException($"Invoice {invoice.Id} is not open.");
            await payments.SaveAsync(transaction, payment with { Applied = payment.Applied + gross, Flag = null }, now, cancellationToken);
            await history.AddAsync(
                transaction, invoice.UserId, invoice.Status == InvoiceStatus.Paid ? "invoice_paid" : "payment_applied",
                new { invoiceId = invoice.Id, payment.PaymentId, applied = payment.Money(gross) }, now, cancellationToken);
            if (invoice.Status == InvoiceStatus.Paid)
                await transaction.PublishAsync(invoice.PaidBy(payment.PaymentId, payment.ReceivedAt!.Value), now, cancellationToken);
        }

        return invoice;
    }
}
