using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Refunds;

public sealed class RefundRulesTests
{
    [Theory]
    [InlineData("gopay", RefundWay.Direct)]
    [InlineData("shopeepay", RefundWay.Direct)]
    [InlineData("dana", RefundWay.Ordinary)]
    [InlineData("credit_card", RefundWay.Ordinary)]
    public void A_settled_payment_goes_back_by_the_way_of_its_method(string method, RefundWay way) =>
        Assert.Equal(way, RefundRules.Check(Paid(method), Samples.Now));

    [Theory]
    [InlineData("bank_transfer")]
    [InlineData("indomaret")]
    [InlineData("alfamart")]
    public void Money_from_a_bank_or_a_till_is_transferred_by_hand(string method)
    {
        Assert.Equal("REFUND_NOT_SUPPORTED", Refusal(Paid(method), Samples.Now));
        Assert.True(RefundRules.Refundable(Paid(method)).IsZero);
    }

    [Fact]
    public void What_is_not_settled_gone_back_already_or_too_old_is_refused()
    {
        Assert.Equal("PAYMENT_NOT_PAID", Refusal(Samples.Payment() with { Method = "gopay" }, Samples.Now));
        Assert.Equal("PAYMENT_NOT_SETTLED", Refusal(Samples.Payment(ProviderState.Capture) with { Method = "credit_card" }, Samples.Now));
        Assert.Equal("PAYMENT_NOT_REFUNDABLE", Refusal(Samples.Payment(ProviderState.Refund, 531690) with { Method = "gopay" }, Samples.Now));
        Assert.Equal("REFUND_TOO_LATE", Refusal(Paid("dana"), Samples.Now.AddDays(46)));
    }

    [Fact]
    public void What_is_on_its_way_back_cannot_be_sent_again()
    {
        var payment = Paid("gopay") with { RefundedAmount = 100000, RefundingAmount = 31690, ProviderState = ProviderState.PartialRefund };

        Assert.Equal(400000, RefundRules.Refundable(payment).Amount);
    }

    private static Payment Paid(string method) => Samples.Payment(ProviderState.Settlement) with { Method = method };

    private static string Refusal(Payment payment, DateTimeOffset now) => Assert.Throws<ProblemException>(() => RefundRules.Check(payment, now)).Code;
}
