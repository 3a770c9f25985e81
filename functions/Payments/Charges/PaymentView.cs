using System.Text.Json;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>A payment as callers see it, in one shape for all methods. Without instructions the provider has not confirmed it yet.</summary>
/// <param name="Amount">What the invoice asks for.</param>
/// <param name="Charged">What the payer pays; in rupiah, also when the invoice is not.</param>
/// <param name="Step">Where it stands at the provider, in finer steps than the status: authorize waits for a capture, challenge for a review.</param>
/// <param name="IsSurplus">The invoice was paid already when this money came: it is to go back.</param>
/// <param name="SurplusHandledAt">Since when that is done, by hand.</param>
/// <param name="PaymentMethodId">The saved card or wallet that it charges.</param>
/// <param name="Refundable">What can still go back through the provider.</param>
public sealed record PaymentView(
    Guid Id, PaymentStatus Status, string Step, string? Reason, Guid InvoiceId, Guid UserId, Guid? SubscriptionId, int Attempt, Money Amount,
    Money Charged, Guid? QuoteId, Money Refunded, Money Refundable, bool IsSurplus, bool IsDisputed, string Method, string? Bank, string OrderId,
    PaymentInstructions? Instructions, DateTimeOffset? ExpiresAt, DateTimeOffset? SettledAt, DateTimeOffset CreatedAt,
    DateTimeOffset? SurplusHandledAt, Guid? PaymentMethodId)
{
    public static PaymentView Of(Payment payment) => new(
        payment.Id, payment.Status, JsonNamingPolicy.SnakeCaseLower.ConvertName(payment.ProviderState.ToString()), payment.StatusReason,
        payment.InvoiceId, payment.UserId, payment.SubscriptionId, payment.Attempt, payment.Asked, payment.Total, payment.QuoteId,
        payment.Refunded, RefundRules.Refundable(payment), payment.IsSurplus, payment.DisputedAt is not null, payment.Method, payment.Bank,
        payment.OrderId, Read(payment.Instructions), payment.ExpiresAt, payment.SettledAt, payment.CreatedAt,
        payment.SurplusHandledAt, payment.PaymentMethodId);

    private static PaymentInstructions? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<PaymentInstructions>(json, ApiJson.Options);
}
