using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>A change of a payment that the provider has confirmed, or that we decided ourselves.</summary>
public sealed record PaymentMove(
    string Event, PaymentStatus Status, MidtransState State, Money Refunded, string? Reason, DateTimeOffset? SettledAt, bool IsDispute)
{
    /// <summary>The provider refuses the charge: there is nothing there that could still be paid.</summary>
    public static PaymentMove Declined(Payment payment, string reason) =>
        new("failed", PaymentStatus.Failed, MidtransState.Failure, payment.Refunded, reason, null, IsDispute: false);

    /// <summary>Withdrawn before the provider ever had it. Should it turn out to have it and be paid, the money still counts.</summary>
    public static PaymentMove Withdrawn(Payment payment) =>
        new("cancelled", PaymentStatus.Cancelled, MidtransState.Pending, payment.Refunded, "withdrawn", null, IsDispute: false);

    /// <summary>What a confirmed transaction changes about a payment, or null when it is known, stale or not a move there is.</summary>
    public static PaymentMove? Decide(Payment payment, MidtransTransaction transaction, DateTimeOffset now)
    {
        if (transaction.State is not { } state || !MidtransStatus.MayFollow(payment.ProviderState, state))
            return null;

        var refunded = RefundedBy(state, payment, transaction);
        if (state is MidtransState.PartialRefund or MidtransState.Refund && refunded <= payment.Refunded)
            return null;

        var status = MidtransStatus.StatusOf(state);
        return new PaymentMove(
            EventOf(payment.Status, state), status, state, refunded, ReasonOf(payment.Status, state),
            status == PaymentStatus.Success ? transaction.SettledAt ?? now : null,
            IsDispute: state is MidtransState.Chargeback or MidtransState.PartialChargeback);
    }

    /// <summary>Whether the transaction is about this payment's money; anything else is recorded and believed by nobody.</summary>
    public static bool IsSameMoney(Payment payment, MidtransTransaction transaction) =>
        transaction.Gross == payment.Amount
        && (transaction.Currency ?? Currency.Idr.Code) == payment.Currency.Code
        && (transaction.Refunded ?? 0) <= payment.Amount;

    /// <summary>What the other services are told. A cancelled charge is no news: whoever cancelled it has told why.</summary>
    public IEnumerable<BusinessEvent> Facts(Payment before, DateTimeOffset now)
    {
        var wasPaid = before.Status == PaymentStatus.Success;
        if (Status == PaymentStatus.Success && !wasPaid)
        {
            yield return new PaymentSucceeded(
                before.Id, before.InvoiceId, before.UserId, before.SubscriptionId, before.Total, before.Method, SettledAt ?? now);
        }

        if (Status is PaymentStatus.Failed or PaymentStatus.Cancelled && wasPaid)
            yield return new PaymentReversed(before.Id, before.InvoiceId, before.UserId, before.Total, Reason!);
        if (Status == PaymentStatus.Failed && !wasPaid || State == MidtransState.Expire)
            yield return new PaymentFailed(before.Id, before.InvoiceId, before.UserId, before.Total, before.Method, Reason!);
        if (Refunded > before.Refunded)
            yield return new PaymentRefunded(before.Id, before.InvoiceId, before.UserId, Refunded - before.Refunded, Refunded);
    }

    // Cumulative at the provider; a full refund may come without an amount.
    private static Money RefundedBy(MidtransState state, Payment payment, MidtransTransaction transaction) => state switch
    {
        MidtransState.Refund => new Money(transaction.Refunded ?? payment.Amount, payment.Currency),
        MidtransState.PartialRefund => new Money(transaction.Refunded ?? 0, payment.Currency),
        _ => payment.Refunded,
    };

    private static string EventOf(PaymentStatus before, MidtransState state) => (before, MidtransStatus.StatusOf(state)) switch
    {
        (_, PaymentStatus.Success) when state is MidtransState.PartialRefund or MidtransState.Refund => "refunded",
        (_, PaymentStatus.Success) when state is MidtransState.PartialChargeback or MidtransState.Chargeback => "disputed",
        (PaymentStatus.Success, PaymentStatus.Success) => "progressed",
        (_, PaymentStatus.Success) => "succeeded",
        (PaymentStatus.Success, _) => "reversed",
        (_, PaymentStatus.Failed) => "failed",
        (_, PaymentStatus.Cancelled) => "cancelled",
        _ => "progressed",
    };

    private static string? ReasonOf(PaymentStatus before, MidtransState state) => state switch
    {
        MidtransState.Deny when before == PaymentStatus.Success => "reversed by the bank",
        MidtransState.Deny => "denied by the bank",
        MidtransState.Failure => "failed at the provider",
        MidtransState.Expire => "expired",
        MidtransState.Cancel => "cancelled",
        _ => null,
    };
}
