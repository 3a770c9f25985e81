using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class PaymentMoveTests
{
    [Theory]
    [InlineData(ProviderState.Pending, "settlement", PaymentStatus.Success, "succeeded", nameof(PaymentSucceeded))]
    [InlineData(ProviderState.Pending, "capture", PaymentStatus.Success, "succeeded", nameof(PaymentSucceeded))]
    [InlineData(ProviderState.Capture, "settlement", PaymentStatus.Success, "progressed", null)]
    [InlineData(ProviderState.Pending, "authorize", PaymentStatus.Pending, "progressed", null)]
    [InlineData(ProviderState.Pending, "deny", PaymentStatus.Failed, "failed", nameof(PaymentFailed))]
    [InlineData(ProviderState.Pending, "failure", PaymentStatus.Failed, "failed", nameof(PaymentFailed))]
    [InlineData(ProviderState.Pending, "expire", PaymentStatus.Cancelled, "cancelled", nameof(PaymentFailed))]
    [InlineData(ProviderState.Pending, "cancel", PaymentStatus.Cancelled, "cancelled", null)]
    [InlineData(ProviderState.Settlement, "deny", PaymentStatus.Failed, "reversed", nameof(PaymentReversed))]
    [InlineData(ProviderState.Capture, "cancel", PaymentStatus.Cancelled, "reversed", nameof(PaymentReversed))]
    [InlineData(ProviderState.Settlement, "chargeback", PaymentStatus.Success, "disputed", null)]
    public void A_confirmed_state_moves_the_payment_and_tells_the_others(
        ProviderState from, string confirmed, PaymentStatus status, string type, string? fact)
    {
        var before = Samples.Payment(from);
        var move = PaymentMove.Decide(before, Samples.Transaction(confirmed), Samples.Now)!;

        Assert.Equal(status, move.Status);
        Assert.Equal(type, move.Event);
        Assert.Equal(fact is null ? [] : [fact], move.Facts(before, isSurplus: false, Samples.Now).Select(told => told.Subject));
    }

    [Theory]
    [InlineData(ProviderState.Settlement, "settlement")]
    [InlineData(ProviderState.Settlement, "pending")]
    [InlineData(ProviderState.Settlement, "expire")]
    [InlineData(ProviderState.Expire, "pending")]
    [InlineData(ProviderState.Pending, "pending")]
    [InlineData(ProviderState.Pending, "something-new")]
    public void Known_stale_or_strange_news_change_nothing(ProviderState from, string confirmed) =>
        Assert.Null(PaymentMove.Decide(Samples.Payment(from), Samples.Transaction(confirmed), Samples.Now));

    [Fact]
    public void The_time_of_settlement_is_the_providers()
    {
        var move = PaymentMove.Decide(Samples.Payment(), Samples.Transaction("settlement"), Samples.Now)!;

        Assert.Equal(new DateTimeOffset(2026, 11, 22, 13, 5, 0, TimeSpan.Zero), move.SettledAt);
    }

    [Fact]
    public void A_partial_refund_told_twice_counts_once_and_a_further_one_by_its_difference()
    {
        var partial = Samples.Transaction("partial_refund", "100000.00");
        var first = Samples.Payment(ProviderState.Settlement);
        var second = Samples.Payment(ProviderState.PartialRefund, refunded: 100000);

        Assert.Equal(100000, Refund(first, partial).Amount.Amount);
        Assert.Null(PaymentMove.Decide(second, partial, Samples.Now));
        Assert.Equal(50000, Refund(second, Samples.Transaction("partial_refund", "150000.00")).Amount.Amount);
        Assert.Equal(431690, Refund(second, Samples.Transaction("refund", "531690.00")).Amount.Amount);
    }

    [Fact]
    public void A_refund_whose_settlement_was_never_told_is_a_payment_and_a_refund()
    {
        var before = Samples.Payment();
        var move = PaymentMove.Decide(before, Samples.Transaction("refund"), Samples.Now)!;

        Assert.Equal([nameof(PaymentSucceeded), nameof(PaymentRefunded)], move.Facts(before, isSurplus: false, Samples.Now).Select(told => told.Subject));
    }

    [Theory]
    [InlineData("531690.00", "IDR", null, true)]
    [InlineData("531690.00", null, null, true)]
    [InlineData("531690.00", "USD", null, false)]
    [InlineData("531691.00", "IDR", null, false)]
    [InlineData("", "IDR", null, false)]
    [InlineData("531690.00", "IDR", "531691.00", false)]
    public void Only_the_same_money_counts(string amount, string? currency, string? refunded, bool same)
    {
        var confirmed = Samples.Transaction("settlement", refunded, amount) with { Currency = currency };

        Assert.Equal(same, PaymentMove.IsSameMoney(Samples.Payment(), confirmed));
    }

    [Fact]
    public void Another_orders_money_is_not_this_ones()
    {
        var anothers = Samples.Transaction("settlement") with { OrderId = "SB-2" };

        Assert.False(PaymentMove.IsSameMoney(Samples.Payment(), anothers));
        // DANA answers a refund with its own id in the order's place.
        Assert.True(PaymentMove.IsSameMoney(Samples.Payment(), anothers with { OrderId = "tx-1" }));
    }

    [Fact]
    public void A_charge_withdrawn_before_it_arrived_still_counts_when_it_is_paid_after_all()
    {
        var withdrawn = Samples.Payment() with { Status = PaymentMove.Withdrawn(Samples.Payment()).Status };

        Assert.Equal(PaymentStatus.Success, PaymentMove.Decide(withdrawn, Samples.Transaction("settlement"), Samples.Now)!.Status);
    }

    [Fact]
    public void A_hosted_page_that_nobody_used_has_failed_like_any_charge_that_expired_and_still_counts_when_it_is_paid()
    {
        var page = Samples.Payment() with { Method = PaymentMethods.Dana, ExternalTransactionId = null, ProviderSession = "page" };
        var unused = PaymentMove.Unused(page);

        var told = Assert.IsType<PaymentFailed>(Assert.Single(unused.Facts(page, isSurplus: false, Samples.Now)));
        Assert.Equal("expired", told.Reason);
        var ended = page with { Status = unused.Status, ProviderState = unused.State };
        Assert.Equal(PaymentStatus.Success, PaymentMove.Decide(ended, Samples.Transaction("settlement"), Samples.Now)!.Status);
    }

    [Theory]
    [InlineData(PaymentMethods.Gopay, null, 531690)]
    [InlineData(PaymentMethods.BankTransfer, "bca", 0)]
    public void A_surplus_is_told_with_what_the_provider_can_send_back_of_it(string method, string? bank, decimal refundable)
    {
        var before = Samples.Payment(ProviderState.Expire) with { Method = method, Bank = bank };
        var move = PaymentMove.Decide(before, Samples.Transaction("settlement"), Samples.Now)!;

        var told = Assert.IsType<PaymentSurplusArrived>(Assert.Single(move.Facts(before, isSurplus: true, Samples.Now)));
        Assert.Equal((before.Id, 531690m, refundable), (told.PaymentId, told.Amount.Amount, told.Refundable.Amount));
        Assert.Equal(method, told.Method);
    }

    private static PaymentRefunded Refund(Payment before, ProviderReport confirmed) =>
        Assert.IsType<PaymentRefunded>(Assert.Single(PaymentMove.Decide(before, confirmed, Samples.Now)!.Facts(before, isSurplus: false, Samples.Now)));
}
