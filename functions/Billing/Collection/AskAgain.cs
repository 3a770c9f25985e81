using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>
/// Money goes back whose credit is spent. What it had paid of other invoices as it came is owed again, and has an invoice of its own: those are paid
/// and stay so. For the rest somebody has to look.
/// </summary>
public sealed class AskAgain(IssueInvoice issue, CreditStore credits)
{
    /// <param name="gone">How much of the payment's credit went back and was not there, as the balance counts.</param>
    /// <param name="invoice">For which the payment had come.</param>
    public async Task<ReceivedPayment> RunAsync(
        TenantTransaction transaction, ReceivedPayment payment, decimal gone, Invoice? invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var owed = payment.Money(Math.Min(gone, payment.Placed));
        if (!owed.IsZero)
            await AskAsync(transaction, payment, owed, invoice!, now, cancellationToken);
        return payment with { Placed = payment.Placed - owed.Amount, Uncovered = payment.Uncovered + gone - owed.Amount };
    }

    private async Task AskAsync(
        TenantTransaction transaction, ReceivedPayment payment, Money owed, Invoice invoice, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var line = new ChargeLine($"Payment of invoice {invoice.InvoiceNumber}, which went back", 1, owed, owed);
        // Of no subscription: as such it would stand for what that charges now.
        var bill = new Bill(
            payment.UserId, SubscriptionId: null, ChargeId: null, Tier: null, PeriodStart: null, PeriodEnd: null, [line], TakesCoupons: false);
        var asked = await issue.RunAsync(bill, transaction, cancellationToken);
        // Owed as money it may leave the balance with the payment that had brought it.
        await credits.PutAsync(
            transaction, payment.UserId, owed, $"asked for again by invoice {asked.InvoiceNumber}", new CreditSource(), now, cancellationToken);
        await credits.TakeAsync(
            transaction, payment.UserId, owed, $"went back, asked for again by invoice {asked.InvoiceNumber}",
            new CreditSource(Payment: payment.PaymentId), now, cancellationToken);
    }
}
