using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// Makes a transaction of a published notification or status body, so that a status call agrees with a replayed notification.
static class InjectedBody
{
    static readonly ImmutableHashSet<string> Common =
    [
        "status_code", "status_message", "transaction_id", "order_id", "merchant_id", "gross_amount", "currency", "payment_type",
        "transaction_time", "transaction_status", "fraud_status", "settlement_time", "expiry_time", "signature_key"
    ];

    public static MidtransTransaction Read(JsonObject body, Merchant merchant, DateTimeOffset now) => new()
    {
        Merchant = merchant,
        OrderId = Required(body, "order_id"),
        TransactionId = Text(body, "transaction_id") ?? Guid.NewGuid().ToString(),
        PaymentType = Required(body, "payment_type"),
        GrossAmount = decimal.Parse(Required(body, "gross_amount"), CultureInfo.InvariantCulture),
        Status = Required(body, "transaction_status"),
        FraudStatus = Text(body, "fraud_status"),
        TransactionTime = MidtransFormat.ReadTime(Text(body, "transaction_time")) ?? now,
        SettlementTime = MidtransFormat.ReadTime(Text(body, "settlement_time")),
        ExpiryTime = MidtransFormat.ReadTime(Text(body, "expiry_time")),
        MethodFields = new JsonObject(body.Where(field => !Common.Contains(field.Key))
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))),
        NotificationUrls = merchant.NotificationUrl is { } url ? [url] : []
    };

    static string Required(JsonObject body, string name) =>
        Text(body, name) ?? throw new MidtransRefusal(400, $"The body to inject has no {name}.");

    static string? Text(JsonObject body, string name) => body[name]?.ToString();
}
