using ServerlessBusiness.Subscriptions.Analytics;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Analytics;

public sealed class MetricDeltaTests
{
    private static readonly Tier Pro = Tier("pro", 30);
    private static readonly Tier Enterprise = Tier("enterprise", 90);

    [Fact]
    public void What_waits_for_its_payment_changes_no_figure()
    {
        Assert.Empty(MetricDelta.Of(null, Standing(SubscriptionStatus.Pending)));
        Assert.Empty(MetricDelta.Of(Standing(SubscriptionStatus.Pending), Standing(SubscriptionStatus.Expired)));
    }

    [Fact]
    public void A_payment_makes_it_a_new_one() => Assert.Equal(
        [new MetricDelta("pro", Total: 1, Started: 1, MrrUsd: 30)],
        MetricDelta.Of(Standing(SubscriptionStatus.Pending), Standing(SubscriptionStatus.Active)));

    [Fact]
    public void A_trial_counts_from_its_beginning_and_brings_in_from_its_end()
    {
        Assert.Equal(
            [new MetricDelta("pro", Total: 1, Started: 1, Trials: 1)], MetricDelta.Of(null, Standing(SubscriptionStatus.Trialing)));
        Assert.Equal(
            [new MetricDelta("pro", MrrUsd: 30)],
            MetricDelta.Of(Standing(SubscriptionStatus.Trialing), Standing(SubscriptionStatus.Active)));
    }

    [Fact]
    public void An_upgrade_moves_it_from_one_tier_to_the_other()
    {
        var before = Standing(SubscriptionStatus.Active);

        Assert.Equal(
            [new MetricDelta("pro", Total: -1, MrrUsd: -30), new MetricDelta("enterprise", Total: 1, Upgraded: 1, MrrUsd: 90)],
            MetricDelta.Of(before, before.On(Enterprise)));
        Assert.Equal(1, MetricDelta.Of(before.On(Enterprise), before)[1].Downgraded);
    }

    [Fact]
    public void A_pause_takes_the_money_and_keeps_the_subscription() => Assert.Equal(
        [new MetricDelta("pro", MrrUsd: -30)],
        MetricDelta.Of(Standing(SubscriptionStatus.Active), Standing(SubscriptionStatus.Paused)));

    [Fact]
    public void An_end_is_counted_once()
    {
        Assert.Equal(
            [new MetricDelta("pro", Total: -1, Ended: 1, MrrUsd: -30)],
            MetricDelta.Of(Standing(SubscriptionStatus.Active), Standing(SubscriptionStatus.Cancelled)));
        Assert.Empty(MetricDelta.Of(Standing(SubscriptionStatus.Active), Standing(SubscriptionStatus.Active)));
    }

    [Fact]
    public void A_year_counts_by_its_twelfth()
    {
        var yearly = Tier("pro", 299.90m, BillingCycle.Yearly);

        Assert.Equal(24.99m, On(yearly, Quote.First(yearly, At("2026-11-01")).Billed).MonthlyUsd);
    }

    private static Subscription Standing(SubscriptionStatus status) => On(Pro, Quote.First(Pro, At("2026-11-01")).Billed, status);
}
