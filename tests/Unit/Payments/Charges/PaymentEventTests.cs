using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class PaymentEventTests
{
    [Fact]
    public void Money_that_a_refund_holds_is_shown_before_and_after()
    {
        var after = Samples.Payment(ProviderState.Settlement) with { RefundingAmount = 150_000 };
        var asked = PaymentEvent.Held(after, 100_000, "refund_asked", "", "");
        var done = PaymentEvent.Held(after, -100_000, "refund_done", "", "");

        Assert.Equal((50_000, 150_000), (asked.Before!.Refunding, asked.After.Refunding));
        Assert.Equal((250_000, 150_000), (done.Before!.Refunding, done.After.Refunding));
    }

    [Fact]
    public void A_surplus_that_pays_from_now_on_was_one_before()
    {
        var promoted = PaymentEvent.Promoted(Samples.Payment(ProviderState.Settlement), Guid.CreateVersion7(), "");

        Assert.Equal((true, false), (promoted.Before!.Surplus, promoted.After.Surplus));
    }

    [Fact]
    public void The_providers_id_is_shown_by_the_news_that_bring_it()
    {
        var seen = Samples.Payment() with { ExternalTransactionId = null, PlacedAt = null };
        var move = PaymentMove.Decide(seen, Samples.Transaction("settlement"), Samples.Now)!;
        var moved = PaymentEvent.Moved(seen, move, isSurplus: false, "tx-1", "");
        var placed = PaymentEvent.Found(seen, "tx-1", "");

        Assert.Equal((null, "tx-1"), (moved.Before!.TransactionId, moved.After.TransactionId));
        Assert.Equal(("placed", null, "tx-1"), (placed.Type, placed.Before!.TransactionId, placed.After.TransactionId));
        Assert.Equal("identified", PaymentEvent.Found(seen with { PlacedAt = Samples.Now }, "tx-1", "").Type);
    }
}
