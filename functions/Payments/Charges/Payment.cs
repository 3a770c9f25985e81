using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Payments.Charges;

public enum PaymentStatus
{
    Pending,
    Success,
    Failed,
    Cancelled,
}

/// <summary>One attempt to have an invoice paid; a row of <c>payment_transactions</c>.</summary>
public sealed record Payment(
    Guid Id, Guid InvoiceId, Guid UserId, Guid? SubscriptionId, string OrderId, string? ExternalTransactionId, decimal Amount,
    Currency Currency, string Method, string? Bank, string Description, PaymentStatus Status, MidtransState ProviderState,
    decimal RefundedAmount, string? Instructions, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? CancelRequestedAt,
    string? TraceParent = null)
{
    public Money Total => new(Amount, Currency);

    public Money Refunded => new(RefundedAmount, Currency);

    /// <summary>Midtrans is known to have it; until then it may have arrived there or not.</summary>
    public bool IsPlaced => ExternalTransactionId is not null;

    /// <summary>The payer's time has passed, although nobody has told yet how it ended.</summary>
    public bool IsOverdue(DateTimeOffset now) => ExpiresAt <= now;
}
