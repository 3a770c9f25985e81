using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>One line of a payment's history, which is only ever added to.</summary>
/// <param name="Actor">Who brought it about: the charge's answer, a notice, the reconciliation, a user.</param>
public sealed record PaymentEvent(Guid PaymentId, string Type, PaymentSnapshot? Before, PaymentSnapshot After, string Detail, string Actor)
{
    public static PaymentEvent Opened(Payment payment) =>
        new(payment.Id, "opened", null, PaymentSnapshot.Of(payment), payment.OrderId, "request");

    /// <param name="transactionId">The provider's own id, when the news bring it.</param>
    public static PaymentEvent Moved(Payment seen, PaymentMove move, bool isSurplus, string? transactionId, string actor) => new(
        seen.Id, move.Event, PaymentSnapshot.Of(seen),
        new PaymentSnapshot(
            move.Status, move.State, move.Refunded.Amount, seen.RefundingAmount, isSurplus, seen.ExternalTransactionId ?? transactionId),
        $"{move.State}{(move.Reason is null ? "" : $": {move.Reason}")}{(isSurplus ? ", the invoice was paid already" : "")}, by {actor}", actor);

    /// <summary>The provider is known to have it, or tells its own id of it only now.</summary>
    public static PaymentEvent Found(Payment seen, string? transactionId, string actor) => new(
        seen.Id, seen.IsPlaced ? "identified" : "placed", PaymentSnapshot.Of(seen),
        PaymentSnapshot.Of(seen with { ExternalTransactionId = seen.ExternalTransactionId ?? transactionId }), $"by {actor}", actor);

    /// <summary>Money was set aside for a refund, or let go by its end.</summary>
    /// <param name="after">The payment's row as it is then.</param>
    /// <param name="held">How much more is set aside than before.</param>
    public static PaymentEvent Held(Payment after, decimal held, string type, string detail, string actor) => new(
        after.Id, type, PaymentSnapshot.Of(after with { RefundingAmount = after.RefundingAmount - held }), PaymentSnapshot.Of(after), detail, actor);

    /// <summary>A surplus pays the invoice from now on.</summary>
    public static PaymentEvent Promoted(Payment after, Guid taken, string actor) => new(
        after.Id, "promoted", PaymentSnapshot.Of(after) with { Surplus = true }, PaymentSnapshot.Of(after),
        $"pays the invoice in place of {taken}", actor);

    /// <summary>Something was noted that leaves the payment as it is.</summary>
    public static PaymentEvent Noted(Payment payment, string type, string detail, string actor) =>
        new(payment.Id, type, PaymentSnapshot.Of(payment), PaymentSnapshot.Of(payment), detail, actor);
}

/// <summary>What of a payment the history shows before and after.</summary>
public sealed record PaymentSnapshot(
    PaymentStatus Status, ProviderState State, decimal Refunded, decimal Refunding, bool Surplus, string? TransactionId)
{
    private static readonly JsonSerializerOptions Json = new(ApiJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static PaymentSnapshot Of(Payment payment) => new(
        payment.Status, payment.ProviderState, payment.RefundedAmount, payment.RefundingAmount, payment.IsSurplus, payment.ExternalTransactionId);

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
