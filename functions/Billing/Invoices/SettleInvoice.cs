using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>
/// A payment arrived. It pays what is due of its open invoice; what is more, or fits none, is kept as the payer's credit, flagged and never dropped.
/// What came for a cancelled invoice first pays what is open of its subscription: that was issued without this credit, and would be paid beside it.
/// </summary>
public sealed class SettleInvoice(
    InvoiceStore invoices, TaxStore taxes, BalanceStore balances, ReceivedPaymentStore payments, PlaceMoney place, LowerOpen lower, ApplyRefund refund,
    HistoryStore history, BillingTime time)
{
    public async Task RunAsync(PaymentSucceeded payment, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = await invoices.LockAsync(transaction, payment.InvoiceId, cancellationToken);
        // Before the balance, like whoever moves one of them.
        var open = before is { Status: InvoiceStatus.Cancelled }
            ? await invoices.LockOpenAsync(transaction, before.UserId, before.SubscriptionId, before.Total.Currency, cancellationToken)
            : [];
        var received = await payments.TakeAsync(
            transaction, payment.PaymentId, payment.InvoiceId, payment.UserId, payment.Amount.Currency, now, cancellationToken);
        if (!received.IsUnheardOf)
            return;

        received = received with { Amount = payment.Amount.Amount, Method = payment.Method, ReceivedAt = time.Heard(payment.SettledAt) };
        // Messages may overtake each other: what the bank took back already pays nothing.
        var usable = received.IsReversed ? 0 : received.Amount;
        var after = usable == 0
            ? null
            : await balances.PayAsync(
                transaction, payment.InvoiceId, payment.PaymentId, received.Money(usable), received.ReceivedAt!.Value, now, cancellationToken);
        var applied = after is null ? 0 : after.AmountPaid - before!.AmountPaid;
        var left = usable - applied;
        received = received with
        {
            Applied = applied,
            Flag = left == 0 ? null : FlagOf(before, payment.Amount.Currency),
        };
        if (left > 0)
            received = await place.ToCreditAsync(
                transaction, received, left, await TaxOnTopAsync(transaction, before, payment, now, cancellationToken), ReasonOf(received.Flag!, before), now,
                cancellationToken);
        await TellAsync(transaction, payment, received, after, now, cancellationToken);
        if (usable > 0 && received.Refunded > 0)
            received = await refund.TakeBackAsync(
                transaction, received, after ?? before, Math.Min(received.Refunded, usable), now, cancellationToken);
        if (received.Flag == ReceivedPayment.Cancelled)
        {
            var kept = await lower.RunAsync(transaction, open, received.Money(received.CreditedNet), now, cancellationToken);
            received = received with { Placed = received.CreditedNet - kept.Amount };
        }

        await payments.SaveAsync(transaction, received, now, cancellationToken);
    }

    private async Task TellAsync(
        TenantTransaction transaction, PaymentSucceeded payment, ReceivedPayment received, Invoice? after, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var isPaid = after?.Status == InvoiceStatus.Paid;
        var type = isPaid ? "invoice_paid" : received.Applied > 0 ? "payment_applied" : "payment_unmatched";
        await history.AddAsync(
            transaction, payment.UserId, type,
            new
            {
                payment.InvoiceId,
                payment.PaymentId,
                payment.Amount,
                payment.Method,
                applied = received.Money(received.Applied),
                credited = received.Money(received.Credited),
                received.Flag,
            },
            now, cancellationToken);
        if (isPaid)
            await transaction.PublishAsync(after!.PaidBy(payment.PaymentId, received.ReceivedAt!.Value), now, cancellationToken);
    }

    private async Task<decimal> TaxOnTopAsync(
        TenantTransaction transaction, Invoice? invoice, PaymentSucceeded payment, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (invoice is not null && invoice.Currency == payment.Amount.Currency.Code)
            return invoice.TaxOnTop;
        var rules = await taxes.ListRulesAsync(transaction, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return rules.GetValueOrDefault(payment.Amount.Currency.Code) is { Mode: TaxMode.Exclusive } rule ? rule.Rate : 0;
    }

    private static string FlagOf(Invoice? before, Currency currency) => before switch
    {
        null => ReceivedPayment.Unmatched,
        { Currency: var code } when code != currency.Code => ReceivedPayment.Unmatched,
        { Status: InvoiceStatus.Paid } => ReceivedPayment.AlreadyPaid,
        { Status: InvoiceStatus.Cancelled } => ReceivedPayment.Cancelled,
        _ => ReceivedPayment.Overpaid,
    };

    private static string ReasonOf(string flag, Invoice? invoice) => flag switch
    {
        ReceivedPayment.AlreadyPaid => $"invoice {invoice!.InvoiceNumber} was paid already",
        ReceivedPayment.Cancelled => $"invoice {invoice!.InvoiceNumber} had been cancelled",
        ReceivedPayment.Overpaid => $"more was paid than was due of invoice {invoice!.InvoiceNumber}",
        _ => "paid for no invoice we know",
    };
}
