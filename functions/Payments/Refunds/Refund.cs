using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Payments.Refunds;

public enum RefundStatus
{
    /// <summary>Asked for; what came of it is not known yet.</summary>
    Pending,
    Success,
    Failed,
}

/// <summary>Money that is sent back; a row of <c>refunds</c>.</summary>
public sealed record Refund
{
    /// <summary>For so long the provider knows a refund by its key.</summary>
    public static readonly TimeSpan KeyKept = TimeSpan.FromDays(7);

    public Guid Id { get; init; }
    public Guid PaymentId { get; init; }
    public string RefundKey { get; init; } = "";
    public decimal Amount { get; init; }
    public string Reason { get; init; } = "";
    public bool Direct { get; init; }
    public RefundStatus Status { get; init; }
    public string? StatusReason { get; init; }
    public string RequestedBy { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    public RefundOrder Order => new(RefundKey, Amount, Reason, Direct);
}

public sealed record RefundView(
    Guid Id, Guid PaymentId, string RefundKey, Money Amount, string Reason, RefundStatus Status, string? StatusReason, DateTimeOffset CreatedAt)
{
    public static RefundView Of(Refund refund, Payment payment) => new(
        refund.Id, refund.PaymentId, refund.RefundKey, new Money(refund.Amount, payment.Currency), refund.Reason, refund.Status,
        refund.StatusReason, refund.CreatedAt);
}
