using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Shared.Finance;
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

    [Theory]
    [InlineData("10.01")]
    [InlineData("9999999999999999")]
    public void More_of_the_invoices_money_than_is_left_is_refused_however_much_it_is(string dollars)
    {
        var payment = Paid("gopay") with
        {
            Amount = 499_334, InvoiceAmount = 29.99m, InvoiceCurrency = Currency.Usd, RefundedAmount = 332_834, ProviderState = ProviderState.PartialRefund,
        };

        Assert.Equal(166_500, RefundRules.InChargedMoney(payment, new Money(10, Currency.Usd)));
        var refused = Assert.Throws<ProblemException>(() => RefundRules.InChargedMoney(payment, new Money(decimal.Parse(dollars), Currency.Usd)));
        Assert.Equal((409, "REFUND_EXCEEDS_PAYMENT"), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData(null, 100_000)]
    [InlineData("100000.00", 100_000)]
    [InlineData("150000.00", 150_000)]
    public void Of_answer_and_books_the_one_with_more_gone_back_counts(string? books, decimal counted)
    {
        var told = Samples.Transaction("partial_refund", "100000.00");
        var found = new ProviderOutcome.Accepted(Samples.Transaction(books is null ? "settlement" : "partial_refund", books));

        Assert.Equal(counted, RefundRules.Newest(Paid("gopay"), told, found).Refunded);
        Assert.Same(told, RefundRules.Newest(Paid("gopay"), told, new ProviderOutcome.Unknown("away", Arrived: true)));
    }

    [Fact]
    public void A_full_refund_without_an_amount_is_more_than_a_part()
    {
        var whole = Samples.Transaction("refund");

        Assert.Same(whole, RefundRules.Newest(Paid("gopay"), whole, new ProviderOutcome.Accepted(Samples.Transaction("partial_refund", "100000.00"))));
    }

    [Fact]
    public void Only_books_that_were_read_say_that_a_refund_is_not_in_them()
    {
        var refund = new Refund { RefundKey = "key" };
        var books = Samples.Transaction("partial_refund", "100000.00");

        Assert.Equal(BookEntry.Shown, RefundRules.EntryOf(refund, new ProviderOutcome.Accepted(books with { RefundKeys = ["other", "key"] })));
        Assert.Equal(BookEntry.Absent, RefundRules.EntryOf(refund, new ProviderOutcome.Accepted(books)));
        Assert.Equal(BookEntry.Unknown, RefundRules.EntryOf(refund, new ProviderOutcome.Unknown("away", Arrived: true)));
        Assert.Equal(BookEntry.Unknown, RefundRules.EntryOf(refund, new ProviderOutcome.Declined(401, "keys")));
    }

    private static Payment Paid(string method) => Samples.Payment(ProviderState.Settlement) with { Method = method };

    private static string Refusal(Payment payment, DateTimeOffset now) => Assert.Throws<ProblemException>(() => RefundRules.Check(payment, now)).Code;
}
