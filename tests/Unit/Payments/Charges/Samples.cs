using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero);

    public static Payment Payment(MidtransState state = MidtransState.Pending, decimal refunded = 0) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "SB-1", "tx-1", 531690, Currency.Idr,
        PaymentMethods.BankTransfer, "bca", "Pro, monthly", MidtransStatus.StatusOf(state), state, refunded, null, Now, null, null);

    public static MidtransTransaction Transaction(string status, string? refunded = null, string amount = "531690.00") => new()
    {
        StatusCode = "200",
        OrderId = "SB-1",
        TransactionId = "tx-1",
        TransactionStatus = status,
        GrossAmount = amount,
        Currency = "IDR",
        RefundAmount = refunded,
        SettlementTime = status == "settlement" ? "2026-11-22 20:05:00" : null,
    };
}
