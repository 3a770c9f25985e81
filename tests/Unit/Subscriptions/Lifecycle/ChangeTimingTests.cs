using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class ChangeTimingTests
{
    private static readonly Tier Basic = Tier("basic", 10);

    [Theory]
    [InlineData(SubscriptionStatus.Active, 90, 0, Timing.Now)]
    [InlineData(SubscriptionStatus.Active, 5, 0, Timing.PeriodEnd)]
    [InlineData(SubscriptionStatus.Trialing, 90, 14, Timing.Now)]
    [InlineData(SubscriptionStatus.Trialing, 90, 0, Timing.PeriodEnd)]
    [InlineData(SubscriptionStatus.Trialing, 5, 0, Timing.PeriodEnd)]
    public void What_costs_more_begins_now_unless_a_trial_would_pay_for_it(SubscriptionStatus status, int price, int trialDays, Timing expected)
    {
        Assert.Equal(expected, ChangePlan.TimingOf(In(status), Other(price, trialDays), wish: null, At("2026-11-20")));
    }

    [Theory]
    [InlineData(SubscriptionStatus.Active, 90, 0, true)]
    [InlineData(SubscriptionStatus.Trialing, 90, 14, true)]
    [InlineData(SubscriptionStatus.Trialing, 5, 0, true)]
    [InlineData(SubscriptionStatus.Trialing, 90, 0, false)]
    public void A_trial_is_none_of_a_dearer_tier_that_has_none(SubscriptionStatus status, int price, int trialDays, bool isAllowed)
    {
        Timing Now() => ChangePlan.TimingOf(In(status), Other(price, trialDays), Timing.Now, At("2026-11-20"));

        if (isAllowed)
            Assert.Equal(Timing.Now, Now());
        else
            Assert.Equal("NO_TRIAL", Assert.Throws<ProblemException>(() => Now()).Code);
    }

    // By anniversary the last day is a part of one: the other part of it is the next period's.
    [Theory]
    [InlineData("2026-12-09T23:59:59.999Z", 90, BillingCycle.Monthly, true)]
    [InlineData("2026-12-10T00:00:00Z", 90, BillingCycle.Monthly, false)]
    [InlineData("2026-12-10T23:49:59.999Z", 90, BillingCycle.Monthly, false)]
    [InlineData("2026-12-10T00:00:00Z", 900, BillingCycle.Yearly, true)]
    [InlineData("2026-12-10T00:00:00Z", 5, BillingCycle.Monthly, true)]
    public void Nothing_dearer_begins_where_no_day_is_left_to_be_charged(string now, int price, BillingCycle cycle, bool isAllowed)
    {
        var running = Tier("basic", 10, mode: BillingMode.Anniversary);
        var subscription = On(running, Quote.First(running, At("2026-11-10T23:50:00Z")).Billed);
        Timing Of(Timing? wish) => ChangePlan.TimingOf(subscription, Tier("other", price, cycle, BillingMode.Anniversary), wish, At(now));

        if (isAllowed)
            Assert.Equal(Timing.Now, Of(Timing.Now));
        else
            Assert.Equal(
                ("LAST_DAY", Timing.PeriodEnd, Timing.PeriodEnd),
                (Assert.Throws<ProblemException>(() => Of(Timing.Now)).Code, Of(wish: null), Of(Timing.PeriodEnd)));
    }

    [Theory]
    [InlineData(false, "SAME_TIER")]
    [InlineData(true, null)]
    public void A_tenants_own_tier_is_another_one_than_the_platforms_of_that_code(bool isOwn, string? refusal)
    {
        var refused = Record.Exception(
            () => ChangePlan.Check(In(SubscriptionStatus.Active), Basic with { IsOwn = isOwn }, At("2026-11-20")));

        Assert.Equal(refusal, (refused as ProblemException)?.Code);
    }

    private static Subscription In(SubscriptionStatus status) =>
        On(Basic, BillingPeriods.First(At("2026-11-10"), BillingCycle.Monthly, BillingMode.Calendar), status);

    private static Tier Other(int price, int trialDays) => Tier("other", price) with { TrialDays = trialDays };
}
