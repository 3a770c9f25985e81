using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class TermsTests
{
    private static readonly Tier Pro = Tier("pro", 30, mode: BillingMode.Anniversary);
    private static readonly Subscription Running = On(Pro, BillingPeriods.First(At("2026-01-31"), BillingCycle.Monthly, BillingMode.Anniversary));

    [Fact]
    public void A_running_subscription_is_billed_when_its_period_ends_at_the_price_of_its_tier()
    {
        var terms = Terms.Of(Running, Pro, version: 4, renewed: null);

        Assert.Equal((4, "pro", "monthly", Usd(30), 31), (terms.Version, terms.Tier, terms.Cycle, terms.Price, terms.AnchorDay));
        Assert.Equal((At("2026-02-28"), At("2026-02-28")), (terms.PeriodEnd, terms.NextBillingAt));
        Assert.Null(terms.Next);
        Assert.Null(terms.Renewed);
    }

    [Fact]
    public void What_changes_at_the_end_of_the_period_is_what_follows()
    {
        var terms = Terms.Of(Running, Tier("basic", 100, BillingCycle.Yearly, BillingMode.Anniversary), version: 5, renewed: null);

        Assert.Equal(("basic", "yearly", Usd(100)), (terms.Tier, terms.Cycle, terms.Price));
        Assert.Null(terms.Next);
    }

    [Fact]
    public void The_end_of_a_trial_by_the_calendar_is_told_exactly()
    {
        var tier = Tier("month", 31);
        var trial = On(tier, BillingPeriods.First(At("2026-03-01"), BillingCycle.Monthly, BillingMode.Calendar), SubscriptionStatus.Trialing) with
        {
            ExpiresAt = At("2026-03-15"),
        };
        var terms = Terms.Of(trial, tier, version: 1, renewed: null);

        Assert.Equal((At("2026-03-15"), At("2026-04-01")), (terms.Next!.PeriodStart, terms.Next.PeriodEnd));
        Assert.Equal((Usd(31), Usd(17), 17, 31), (
            terms.Next.Lines.Single().UnitPrice, terms.Next.Lines.Single().Amount, terms.Next.Lines.Single().Days, terms.Next.Lines.Single().OfDays));
        Assert.Equal((1, At("2026-03-15")), (terms.AnchorDay, terms.NextBillingAt));
    }

    [Fact]
    public void A_change_to_the_calendar_is_told_exactly()
    {
        var terms = Terms.Of(Running, Tier("month", 30), version: 3, renewed: null);

        Assert.Equal((At("2026-02-28"), At("2026-03-01"), 1), (terms.Next!.PeriodStart, terms.Next.PeriodEnd, terms.AnchorDay));
    }

    [Fact]
    public void Nothing_is_billed_where_nothing_follows_or_it_is_free()
    {
        Assert.Null(Terms.Of(Running, next: null, version: 1, renewed: null).NextBillingAt);
        Assert.Null(Terms.Of(Running, Tier("free", 0), version: 1, renewed: null).NextBillingAt);
    }

    [Fact]
    public void A_renewal_tells_the_bill_of_the_period_that_it_began()
    {
        var quote = Quote.Renewal(Running, Pro);
        var terms = Terms.Of(Running.In(quote.Billed, Running.BillingMode), Pro, version: 2, quote);

        Assert.Equal((At("2026-02-28"), At("2026-03-31"), Usd(30)), (
            terms.Renewed!.PeriodStart, terms.Renewed.PeriodEnd, terms.Renewed.Lines.Single().Amount));
        Assert.Equal(At("2026-03-31"), terms.NextBillingAt);
    }

    [Theory]
    [InlineData(SubscriptionStatus.Trialing, true)]
    [InlineData(SubscriptionStatus.Active, true)]
    [InlineData(SubscriptionStatus.Pending, false)]
    [InlineData(SubscriptionStatus.Paused, false)]
    [InlineData(SubscriptionStatus.Suspended, false)]
    [InlineData(SubscriptionStatus.Cancelled, false)]
    [InlineData(SubscriptionStatus.Expired, false)]
    public void Only_what_is_in_use_and_renews_goes_on(SubscriptionStatus status, bool goesOn)
    {
        Assert.Equal(goesOn, Terms.Renew(Running with { Status = status }));
        Assert.False(Terms.Renew(Running with { Status = status, AutoRenew = false }));
        Assert.False(Terms.Renew(Running with { Status = status, CancelAtPeriodEnd = true }));
    }
}
