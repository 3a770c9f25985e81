using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Refunds;

public enum BookEntry
{
    /// <summary>The books cannot be read now.</summary>
    Unknown,
    Absent,
    Shown,
}

/// <summary>What of a payment can be sent back, and how.</summary>
public static class RefundRules
{
    /// <summary>What the provider can still send back; nothing for a method that only pays one way.</summary>
    public static Money Refundable(Payment payment) =>
        payment is { Status: PaymentStatus.Success, SurplusHandledAt: null } && PaymentMethods.Get(payment.Method).Refund != RefundWay.None
            && IsOpen(payment.ProviderState)
            ? new Money(payment.Amount - payment.RefundedAmount - payment.RefundingAmount, payment.Currency)
            : Money.Zero(payment.Currency);

    /// <summary>What is asked back, in the money that was charged. The last of the invoice's money is the last of the charged money.</summary>
    /// <exception cref="ProblemException">400 when it is nothing, or in a third currency; 409 when it is more than is left.</exception>
    public static decimal? InChargedMoney(Payment payment, Money? asked)
    {
        if (asked is not { } money)
            return null;
        if (money.Amount <= 0 || (money.Currency != payment.Currency && money.Currency != payment.InvoiceCurrency))
            throw ProblemException.Invalid("amount", "INVALID_REFUND_AMOUNT", $"A refund of this payment is an amount above zero in {payment.Currency}.");
        if (money.Currency == payment.Currency)
            return money.Amount;

        var left = payment.Amount - payment.RefundedAmount - payment.RefundingAmount;
        var inInvoiceMoney = payment.InInvoiceMoney(left);
        if (money > inInvoiceMoney)
            throw ExceedsPayment();
        return money == inInvoiceMoney
            ? left
            : Money.Rounded(money.Amount * payment.Amount / payment.InvoiceAmount, payment.Currency).Amount;
    }

    /// <exception cref="ProblemException">409 or 422, saying what can be done instead.</exception>
    public static RefundWay Check(Payment payment, DateTimeOffset now)
    {
        var method = PaymentMethods.Get(payment.Method);
        if (payment.Status != PaymentStatus.Success)
            throw ProblemException.Conflict("PAYMENT_NOT_PAID", $"Only what is paid can be refunded; this payment is {payment.Status.ToString().ToLowerInvariant()}.");
        if (payment.SurplusHandledAt is not null)
            throw ProblemException.Conflict("SURPLUS_HANDLED", "This surplus was given back by hand already; the payment's history tells by whom.");
        if (method.Refund == RefundWay.None)
        {
            throw ProblemException.Unprocessable(
                "REFUND_NOT_SUPPORTED", $"Money paid by {method.Name} cannot be sent back through the provider. Transfer it to the payer by hand.");
        }

        if (payment.ProviderState == ProviderState.Capture)
            throw ProblemException.Conflict("PAYMENT_NOT_SETTLED", "The bank has not settled this card payment yet. Cancel it instead, then nothing is taken.");
        if (!IsOpen(payment.ProviderState))
            throw ProblemException.Conflict("PAYMENT_NOT_REFUNDABLE", "This payment is refunded in full or disputed at the bank.");
        if (method.RefundDays is { } days && payment.SettledAt < now.AddDays(-days))
            throw ProblemException.Unprocessable("REFUND_TOO_LATE", $"Money paid by {method.Name} can be sent back for {days} days. Transfer it to the payer by hand.");
        return method.Refund;
    }

    /// <summary>
    /// The report to go by after a refund was taken: its answer, or the books, whichever has more gone back. They may lag behind each other, and less
    /// than what was told would set money free that is on its way.
    /// </summary>
    public static ProviderReport Newest(Payment payment, ProviderReport told, ProviderOutcome found) =>
        found is ProviderOutcome.Accepted { Report: var confirmed } && GoneBack(payment, confirmed) >= GoneBack(payment, told) ? confirmed : told;

    /// <summary>Whether the provider's books show a refund; only an answer of theirs says that they do not.</summary>
    public static BookEntry EntryOf(Refund refund, ProviderOutcome found) => found switch
    {
        ProviderOutcome.Accepted { Report: var report } => report.RefundKeys.Contains(refund.RefundKey) ? BookEntry.Shown : BookEntry.Absent,
        ProviderOutcome.Declined { IsNotFound: true } => BookEntry.Absent,
        _ => BookEntry.Unknown,
    };

    public static ProblemException ExceedsPayment() =>
        ProblemException.Conflict("REFUND_EXCEEDS_PAYMENT", "Less than that is left of this payment; other refunds may be under way.");

    /// <summary>How much a report says has gone back in all; a full refund may come without an amount.</summary>
    public static decimal GoneBack(Payment payment, ProviderReport report) =>
        report.Refunded ?? (report.State == ProviderState.Refund ? payment.Amount : 0);

    private static bool IsOpen(ProviderState state) => state is ProviderState.Settlement or ProviderState.PartialRefund;
}
