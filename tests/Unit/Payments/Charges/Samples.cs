using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero);

    public static Payment Payment(ProviderState state = ProviderState.Pending, decimal refunded = 0) => new()
    {
        Id = Guid.CreateVersion7(),
        InvoiceId = Guid.CreateVersion7(),
        UserId = Guid.CreateVersion7(),
        SubscriptionId = Guid.CreateVersion7(),
        OrderId = "SB-1",
        ExternalTransactionId = "tx-1",
        Amount = 531690,
        Currency = Currency.Idr,
        InvoiceAmount = 531690,
        InvoiceCurrency = Currency.Idr,
        Method = PaymentMethods.BankTransfer,
        Bank = "bca",
        Description = "Pro, monthly",
        Status = PaymentStates.StatusOf(state),
        ProviderState = state,
        RefundedAmount = refunded,
        CreatedAt = Now,
        PlacedAt = Now,
        SettledAt = PaymentStates.StatusOf(state) == PaymentStatus.Success ? Now : null,
    };

    public static ProviderReport Transaction(string status, string? refunded = null, string amount = "531690.00") => new MidtransTransaction
    {
        StatusCode = "200",
        OrderId = "SB-1",
        TransactionId = "tx-1",
        TransactionStatus = status,
        GrossAmount = amount,
        Currency = "IDR",
        RefundAmount = refunded,
        SettlementTime = status == "settlement" ? "2026-11-22 20:05:00" : null,
    }.ToReport("{}");
}
