using System.Text.Json;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>A payment as callers see it. Without instructions the provider has not confirmed it yet.</summary>
public sealed record PaymentView(
    Guid Id, PaymentStatus Status, Guid InvoiceId, Guid UserId, Guid? SubscriptionId, Money Amount, Money Refunded, string Method,
    string? Bank, string OrderId, PaymentInstructions? Instructions, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt)
{
    public static PaymentView Of(Payment payment) => new(
        payment.Id, payment.Status, payment.InvoiceId, payment.UserId, payment.SubscriptionId, payment.Total, payment.Refunded,
        payment.Method, payment.Bank, payment.OrderId, Read(payment.Instructions), payment.ExpiresAt, payment.CreatedAt);

    private static PaymentInstructions? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<PaymentInstructions>(json, ApiJson.Options);
}
