using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// One attempt to be paid. Never changed in place: a move makes the next version of it, and the ledger swaps them.
sealed record MidtransTransaction
{
    public required Merchant Merchant { get; init; }
    public required string OrderId { get; init; }
    public required string TransactionId { get; init; }
    public required string PaymentType { get; init; }
    public required decimal GrossAmount { get; init; }
    public required string Status { get; init; }
    public required DateTimeOffset TransactionTime { get; init; }

    // Absent for Indomaret; accept, challenge or deny elsewhere.
    public string? FraudStatus { get; init; }
    public DateTimeOffset? SettlementTime { get; init; }
    public DateTimeOffset? ExpiryTime { get; init; }

    // What only this payment method has (va_numbers, bill_key, masked_card …). Read-only by agreement; writers clone it.
    public JsonObject MethodFields { get; init; } = [];

    // What only the answer to the charge has: actions, redirect_url.
    public JsonObject ChargeFields { get; init; } = [];
    public ImmutableArray<Refund> Refunds { get; init; } = [];
    public ImmutableArray<string> NotificationUrls { get; init; } = [];

    // A card charge of type "authorize": success holds the money and a capture call takes it.
    public bool AuthorizeOnly { get; init; }
    public CardOutcome CardOutcome { get; init; }

    public bool IsOver =>
        Status is TransactionStatus.Deny or TransactionStatus.Cancel or TransactionStatus.Expire or TransactionStatus.Failure;

    public bool IsDueToExpire(DateTimeOffset now) => Status == TransactionStatus.Pending && ExpiryTime <= now;

    public decimal RefundedAmount => Refunds.Sum(refund => refund.Amount);
}

sealed record Refund(
    int Id, string Key, decimal Amount, string? Reason, string Method, DateTimeOffset CreatedAt, DateTimeOffset? BankConfirmedAt);

static class TransactionStatus
{
    public const string Pending = "pending";
    public const string Authorize = "authorize";
    public const string Capture = "capture";
    public const string Settlement = "settlement";
    public const string Deny = "deny";
    public const string Cancel = "cancel";
    public const string Expire = "expire";
    public const string Failure = "failure";
    public const string Refund = "refund";
    public const string PartialRefund = "partial_refund";
    public const string Chargeback = "chargeback";
    public const string PartialChargeback = "partial_chargeback";
}
