using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>Moves received money into its payer's credit balance and out of it. The payment's row says where it is; the caller saves it.</summary>
public sealed class PlaceMoney(ReceivedPaymentStore payments, CreditStore credits)
{
    public async Task<ReceivedPayment> ToCreditAsync(
        TenantTransaction transaction, ReceivedPayment payment, decimal gross, decimal taxRate, string reason, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var net = CreditValue.Of(payment.Money(gross), taxRate);
        if (!net.IsZero)
            await credits.PutAsync(
                transaction, payment.UserId, net, reason, new CreditSource(Payment: payment.PaymentId), now, cancellationToken);
        return payment.WithCredit(gross, net.Amount);
    }

    /// <summary>Takes up to so much of the payment's credit out again, as far as it is not spent; how much it was, as it had come.</summary>
    public async Task<(ReceivedPayment Payment, decimal Gross)> FromCreditAsync(
        TenantTransaction transaction, ReceivedPayment payment, decimal most, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Math.Min(most, payment.Credited) is var wanted && wanted == 0)
            return (payment, 0);

        var net = payment.CreditOf(wanted);
        var taken = net.IsZero
            ? net
            : await credits.TakeAsync(transaction, payment.UserId, net, reason, new CreditSource(Payment: payment.PaymentId), now, cancellationToken);
        var gross = taken == net ? wanted : payment.CreditedFor(taken.Amount);
        return (payment.WithCredit(-gross, -taken.Amount), gross);
    }

    /// <summary>All that had been paid of an invoice becomes credit: it is cancelled.</summary>
    public async Task AllToCreditAsync(TenantTransaction transaction, Invoice invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var payment in await payments.ListForUpdateAsync(transaction, invoice.Id, cancellationToken))
        {
            if (payment.Applied == 0)
                continue;
            var freed = await ToCreditAsync(
                transaction, payment with { Applied = 0, Flag = ReceivedPayment.Cancelled }, payment.Applied, invoice.TaxOnTop,
                $"paid for invoice {invoice.InvoiceNumber}, which was cancelled", now, cancellationToken);
            await payments.SaveAsync(transaction, freed, now, cancellationToken);
        }
    }
}
