using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class MidtransNoticeTests
{
    [Theory]
    [InlineData("chargeback", null, "settlement", null, true)]
    [InlineData("partial_refund", "100000.00", "settlement", null, true)]
    [InlineData("partial_refund", "150000.00", "partial_refund", "100000.00", true)]
    [InlineData("refund", "531690.00", "partial_refund", "100000.00", true)]
    [InlineData("settlement", null, "capture", null, true)]
    [InlineData("chargeback", null, "chargeback", null, false)]
    [InlineData("partial_refund", "100000.00", "partial_refund", "100000.00", false)]
    [InlineData("partial_refund", "100000.00", "partial_refund", "150000.00", false)]
    [InlineData("refund", "531690.00", "refund", null, false)]
    [InlineData("settlement", null, "refund", "531690.00", false)]
    [InlineData("pending", null, "settlement", null, false)]
    [InlineData("something-new", null, "settlement", null, false)]
    public void A_notice_is_ahead_of_books_that_do_not_show_what_it_tells(
        string told, string? toldRefund, string shown, string? shownRefund, bool isAhead)
    {
        var notice = new MidtransNotice
        {
            OrderId = "SB-1", StatusCode = "200", GrossAmount = "531690.00", SignatureKey = "", TransactionStatus = told, RefundAmount = toldRefund,
        };

        Assert.Equal(isAhead, notice.IsAheadOf(Samples.Transaction(shown, shownRefund)));
    }
}
