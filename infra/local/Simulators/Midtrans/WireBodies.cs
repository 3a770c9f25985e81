using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// The bodies of a transaction as they travel: the answer to a charge, to a status call, and the notification.
static class WireBodies
{
    public static JsonObject Charge(MidtransTransaction transaction)
    {
        var body = Common(transaction, ChargeMessage(transaction), StatusCode(transaction));
        Merge(body, transaction.MethodFields);
        Merge(body, transaction.ChargeFields);
        return body;
    }

    public static JsonObject Status(MidtransTransaction transaction)
    {
        // The same event is told as 202 in a notification and as 407 here.
        var code = transaction.Status == TransactionStatus.Expire ? "407" : StatusCode(transaction);
        return Signed(transaction, "Success, transaction is found", code);
    }

    public static JsonObject Notification(MidtransTransaction transaction)
    {
        var body = Signed(transaction, "midtrans payment notification", StatusCode(transaction));
        if (body.ContainsKey("va_numbers") && !body.ContainsKey("payment_amounts"))
            body["payment_amounts"] = PaymentAmounts(transaction);
        return body;
    }

    // The answer to cancel, expire, approve, deny, capture and refund.
    public static JsonObject Change(MidtransTransaction transaction, string message, string code)
    {
        var body = Common(transaction, message, code);
        Merge(body, transaction.MethodFields);
        return body;
    }

    // The code that notifications carry and sign.
    public static string StatusCode(MidtransTransaction transaction) => transaction.Status switch
    {
        TransactionStatus.Pending => "201",
        TransactionStatus.Capture when transaction.FraudStatus == "challenge" => "201",
        TransactionStatus.Deny or TransactionStatus.Failure or TransactionStatus.Expire => "202",
        _ => "200"
    };

    static JsonObject Common(MidtransTransaction transaction, string message, string code)
    {
        var body = new JsonObject
        {
            ["status_code"] = code,
            ["status_message"] = message,
            ["transaction_id"] = transaction.TransactionId,
            ["order_id"] = transaction.OrderId,
            ["merchant_id"] = transaction.Merchant.MerchantId,
            ["gross_amount"] = MidtransFormat.Amount(transaction.GrossAmount),
            ["currency"] = "IDR",
            ["payment_type"] = transaction.PaymentType,
            ["transaction_time"] = MidtransFormat.Time(transaction.TransactionTime),
            ["transaction_status"] = transaction.Status
        };
        if (transaction.FraudStatus is { } fraud)
            body["fraud_status"] = fraud;
        if (transaction.SettlementTime is { } settled)
            body["settlement_time"] = MidtransFormat.Time(settled);
        if (transaction.ExpiryTime is { } expiry)
            body["expiry_time"] = MidtransFormat.Time(expiry);
        return body;
    }

    static JsonObject Signed(MidtransTransaction transaction, string message, string code)
    {
        var body = Common(transaction, message, code);
        body["signature_key"] = MidtransSignature.Of(
            transaction.OrderId, code, MidtransFormat.Amount(transaction.GrossAmount), transaction.Merchant.ServerKey);
        Merge(body, transaction.MethodFields);
        AddRefunds(body, transaction);
        return body;
    }

    static void AddRefunds(JsonObject body, MidtransTransaction transaction)
    {
        if (transaction.Refunds.IsEmpty)
            return;
        body["refund_amount"] = MidtransFormat.Amount(transaction.RefundedAmount);
        body["refund_key"] = transaction.Refunds[^1].Key;
        body["refunds"] = new JsonArray([.. transaction.Refunds.Select(Describe)]);
    }

    static JsonNode Describe(Refund refund)
    {
        var body = new JsonObject
        {
            ["refund_chargeback_id"] = refund.Id,
            ["refund_amount"] = MidtransFormat.Amount(refund.Amount),
            ["created_at"] = MidtransFormat.Time(refund.CreatedAt),
            ["reason"] = refund.Reason,
            ["refund_key"] = refund.Key,
            ["refund_method"] = refund.Method
        };
        if (refund.BankConfirmedAt is { } confirmed)
            body["bank_confirmed_at"] = MidtransFormat.Time(confirmed);
        return body;
    }

    static JsonArray PaymentAmounts(MidtransTransaction transaction) => transaction.SettlementTime is { } paid
        ? [new JsonObject { ["paid_at"] = MidtransFormat.Time(paid), ["amount"] = MidtransFormat.Amount(transaction.GrossAmount) }]
        : [];

    static string ChargeMessage(MidtransTransaction transaction) => transaction switch
    {
        { Status: TransactionStatus.Deny } => "Deny by Bank [MANDIRI] with code [05] and message [Do not honour]",
        { PaymentType: "credit_card" } => "Success, Credit Card transaction is successful",
        { PaymentType: "bank_transfer" } when transaction.MethodFields.ContainsKey("permata_va_number") =>
            "Success, PERMATA VA transaction is successful",
        { PaymentType: "bank_transfer" } => "Success, Bank Transfer transaction is created",
        { PaymentType: "echannel" } => "OK, Mandiri Bill transaction is successful",
        { PaymentType: "gopay" } => "GO-PAY transaction is created",
        { PaymentType: "shopeepay" } => "ShopeePay transaction is created",
        _ => "Success, cstore transaction is successful"
    };

    static void Merge(JsonObject body, JsonObject fields)
    {
        foreach (var (name, value) in fields)
            body[name] = value?.DeepClone();
    }
}
