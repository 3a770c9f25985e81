using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>A change of a payment that the provider has confirmed, or that we decided ourselves.</summary>
public sealed record PaymentMove(
    string Event, PaymentStatus Status, ProviderState State, Money Refunded, string? Reason, DateTimeOffset? SettledAt, bool IsDispute)
{
    /// <summary>The provider refuses the charge: there is nothing there that could still be paid.</summary>
    public static PaymentMove Declined(Payment payment, string reason) =>
        new("failed", PaymentStatus.Failed, ProviderState.Failure, payment.Refunded, reason, null, IsDispute: false);

    /// <summary>Withdrawn before the provider ever had it. Should it turn out to have it and be paid, the money still counts.</summary>
    public static PaymentMove Withdrawn(Payment payment) =>
        new("cancelled", PaymentStatus.Cancelled, ProviderState.Pending, payment.Refunded, "withdrawn", null, IsDispute: false);

    /// <summary>The payer did not use a hosted page before it closed. Should it turn out to be paid, the money still counts.</summary>
    public static PaymentMove Unused(Payment payment) =>
        new("cancelled", PaymentStatus.Cancelled, ProviderState.Expire, payment.Refunded, "expired", null, IsDispute: false);

    /// <summary>What a confirmed report changes about a payment, or null when it is known, stale or not a move there is.</summary>
    public static PaymentMove? Decide(Payment payment, ProviderReport report, DateTimeOffset now)
    {
        if (report.State is not { } state || !PaymentStates.MayFollow(payment.ProviderState, state, payment.SettledAt is not null))
            return null;

        var refunded = RefundedBy(state, payment, report);
        if (state is ProviderState.PartialRefund or ProviderState.Refund && refunded <= payment.Refunded)
            return null;

        var status = PaymentStates.StatusOf(state);
        // What we took for ended does not wait for its payer again; it can only turn out to be paid.
        if (status == PaymentStatus.Pending && payment.Status != PaymentStatus.Pending)
            return null;

        return new PaymentMove(
            EventOf(payment.Status, state), status, state, refunded, ReasonOf(payment.Status, state),
            status == PaymentStatus.Success ? report.SettledAt ?? now : null,
            IsDispute: state is ProviderState.Chargeback or ProviderState.PartialChargeback);
    }

    /// <summary>Whether the report is about this payment and its money; anything else is recorded and believed by nobody.</summary>
    public static bool IsSameMoney(Payment payment, ProviderReport report) =>
        (report.OrderId is null || report.OrderId == payment.OrderId || report.OrderId == payment.ExternalTransactionId)
        && report.Gross == payment.Amount
        && (report.Currency ?? Currency.Idr.Code) == payment.Currency.Code
        && (report.Refunded ?? 0) <= payment.Amount;

    /// <summary>What the other services are told. A cancelled charge is no news: whoever cancelled it has told why.</summary>
    /// <param name="isSurplus">The invoice has its payment already, so this one pays nothing, and nothing is taken back with it.</param>
    public IEnumerable<BusinessEvent> Facts(Payment before, bool isSurplus, DateTimeOffset now)
    {
        var wasPaid = before.Status == PaymentStatus.Success;
        if (Status == PaymentStatus.Success && !wasPaid && !isSurplus)
            yield return Succeeded(before, SettledAt ?? now);
        if (Status == PaymentStatus.Success && !wasPaid && isSurplus)
            yield return Surplus(before, SettledAt ?? now);
        if (Status is PaymentStatus.Failed or PaymentStatus.Cancelled && wasPaid && !before.IsSurplus)
            yield return new PaymentReversed(before.Id, before.InvoiceId, before.UserId, before.Asked, Reason!);
        if (Status == PaymentStatus.Failed && !wasPaid || State == ProviderState.Expire)
            yield return new PaymentFailed(before.Id, before.InvoiceId, before.UserId, before.Asked, before.Method, Reason!);
        if (Refunded > before.Refunded)
        {
            var inTotal = before.InInvoiceMoney(Refunded.Amount);
            yield return new PaymentRefunded(
                before.Id, before.InvoiceId, before.UserId, inTotal - before.InInvoiceMoney(before.RefundedAmount), inTotal);
        }
    }

    private PaymentSurplusArrived Surplus(Payment payment, DateTimeOffset settledAt) => new(
        payment.Id, payment.InvoiceId, payment.UserId, payment.Asked, payment.Method,
        RefundRules.Refundable(payment with { Status = Status, ProviderState = State, RefundedAmount = Refunded.Amount }), settledAt);

    public static PaymentSucceeded Succeeded(Payment payment, DateTimeOffset settledAt) => new(
        payment.Id, payment.InvoiceId, payment.UserId, payment.SubscriptionId, payment.Asked, payment.Method, settledAt);

    // Cumulative at the provider; a full refund may come without an amount.
    private static Money RefundedBy(ProviderState state, Payment payment, ProviderReport report) => state switch
    {
        ProviderState.Refund => new Money(report.Refunded ?? payment.Amount, payment.Currency),
        ProviderState.PartialRefund => new Money(report.Refunded ?? 0, payment.Currency),
        _ => payment.Refunded,
    };

    private static string EventOf(PaymentStatus before, ProviderState state) => (before, PaymentStates.StatusOf(state)) switch
    {
        (_, PaymentStatus.Success) when state is ProviderState.PartialRefund or ProviderState.Refund => "refunded",
        (_, PaymentStatus.Success) when state is ProviderState.PartialChargeback or ProviderState.Chargeback => "disputed",
        (PaymentStatus.Success, PaymentStatus.Success) => "progressed",
        (_, PaymentStatus.Success) => "succeeded",
        (PaymentStatus.Success, _) => "reversed",
        (_, PaymentStatus.Failed) => "failed",
        (_, PaymentStatus.Cancelled) => "cancelled",
        _ => "progressed",
    };

    private static string? ReasonOf(PaymentStatus before, ProviderState state) => state switch
    {
        ProviderState.Deny when before == PaymentStatus.Success => "reversed by the bank",
        ProviderState.Deny => "denied by the bank",
        ProviderState.Failure => "failed at the provider",
        ProviderState.Expire => "expired",
        ProviderState.Cancel => "cancelled",
        _ => null,
    };
}
