using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// A transaction as the control API shows it; Wire is what a status call answers.
sealed record TransactionView(
    string OrderId, string TransactionId, string MerchantId, string PaymentType, string Status, string? FraudStatus, decimal GrossAmount,
    decimal RefundedAmount, DateTimeOffset TransactionTime, DateTimeOffset? SettlementTime, DateTimeOffset? ExpiryTime, JsonObject Wire)
{
    public static TransactionView Of(MidtransTransaction transaction) => new(
        transaction.OrderId, transaction.TransactionId, transaction.Merchant.MerchantId, transaction.PaymentType, transaction.Status,
        transaction.FraudStatus, transaction.GrossAmount, transaction.RefundedAmount, transaction.TransactionTime,
        transaction.SettlementTime, transaction.ExpiryTime, WireBodies.Status(transaction));
}
