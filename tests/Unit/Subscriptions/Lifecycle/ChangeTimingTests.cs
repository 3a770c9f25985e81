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
        Assert.Equal(expected, ChangePlan.TimingOf(In(status), Other(price, trialDays), wish: null));
    }

    [Theory]
    [InlineData(SubscriptionStatus.Active, 90, 0, true)]
    [InlineData(SubscriptionStatus.Trialing, 90, 14, true)]
    [InlineData(SubscriptionStatus.Trialing, 5, 0, true)]
    [InlineData(SubscriptionStatus.Trialing, 90, 0, false)]
    public void A_trial_is_none_of_a_dearer_tier_that_has_none(SubscriptionStatus status, int price, int trialDays, bool isAllowed)
    {
        Timing Now() => ChangePlan.TimingOf(In(status), Other(price, trialDays), Timing.Now);

        if (isAllowed)
            Assert.Equal(Timing.Now, Now());
        else
            Assert.Equal("NO_TRIAL", Assert.Throws<ProblemException>(() => Now()).Code);
    }

    private static Subscription In(SubscriptionStatus status) =>
        On(Basic, BillingPeriods.First(At("2026-11-10"), BillingCycle.Monthly, BillingMode.Calendar), status);

    private static Tier Other(int price, int trialDays) => Tier("other", price) with { TrialDays = trialDays };
}
