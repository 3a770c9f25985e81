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

    public static PaymentEvent Moved(Payment seen, PaymentMove move, bool isSurplus, string actor) => new(
        seen.Id, move.Event, PaymentSnapshot.Of(seen),
        new PaymentSnapshot(move.Status, move.State, move.Refunded.Amount, seen.RefundingAmount, isSurplus, seen.ExternalTransactionId),
        $"{move.State}{(move.Reason is null ? "" : $": {move.Reason}")}{(isSurplus ? ", the invoice was paid already" : "")}, by {actor}", actor);

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
