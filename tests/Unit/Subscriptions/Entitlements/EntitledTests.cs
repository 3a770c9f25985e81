using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using ServerlessBusiness.Subscriptions.Quotas;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Entitlements;

public sealed class EntitledTests
{
    private static readonly DateTimeOffset End = At("2026-11-30T10:30:00Z");

    private static readonly EntitledRow ToSmall = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), "platform", "big", "Big", BillingCycle.Monthly, BillingMode.Anniversary,
        SubscriptionStatus.Active, At("2026-10-31T10:30:00Z"), End, AnchorDay: 31, Renews: true, "[]", """{"predictionsPerMonth": 1000}""",
        "small", "Small", BillingCycle.Monthly, BillingMode.Anniversary, "[]", """{"predictionsPerMonth": 50}""");

    [Theory]
    [InlineData(SubscriptionStatus.Active, true, "small", 50L)]
    [InlineData(SubscriptionStatus.Trialing, true, "small", 50L)]
    [InlineData(SubscriptionStatus.Active, false, "big", 1000L)]
    [InlineData(SubscriptionStatus.Paused, true, "big", 1000L)]
    public void A_change_at_the_end_of_the_period_holds_from_the_millisecond_on(SubscriptionStatus status, bool renews, string tier, long limit)
    {
        var entitled = new Entitled(ToSmall with { Status = status, Renews = renews });

        Assert.Equal(("big", 1000L), HoldingAt(entitled, End.AddMilliseconds(-1)));
        Assert.Equal((tier, limit), HoldingAt(entitled, End));
    }

    [Theory]
    [InlineData(SubscriptionStatus.Active, BillingCycle.Monthly, BillingMode.Anniversary, "2026-12-31T10:30:00Z")]
    [InlineData(SubscriptionStatus.Active, BillingCycle.Yearly, BillingMode.Anniversary, "2027-11-30T10:30:00Z")]
    [InlineData(SubscriptionStatus.Active, BillingCycle.Monthly, BillingMode.Calendar, "2026-12-01")]
    [InlineData(SubscriptionStatus.Trialing, BillingCycle.Monthly, BillingMode.Anniversary, "2026-12-30T10:30:00Z")]
    public void Its_first_period_is_the_one_that_the_renewal_begins(
        SubscriptionStatus status, BillingCycle cycle, BillingMode mode, string end)
    {
        var row = ToSmall with { Status = status, NextCycle = cycle, NextMode = mode };
        var period = new Entitled(row).At(End).PeriodAt(End);
        var running = BillingPeriods.After(row.PeriodStart, row.AnchorDay, row.BillingCycle);
        var subscription = On(Tier("big", 10, mode: BillingMode.Anniversary), running, status);

        Assert.Equal((End, At(end)), (period.Start, period.End));
        Assert.Equal(Quote.Renewal(subscription, Tier("small", 5, cycle, mode)).Billed.Period, period);
    }

    [Fact]
    public void Periods_after_a_trial_go_by_the_day_on_which_it_ended()
    {
        var trial = new Entitled(ToSmall with
        {
            Status = SubscriptionStatus.Trialing, PeriodStart = At("2026-11-03T10:30:00Z"), ExpiresAt = At("2026-11-17T10:30:00Z"), AnchorDay = 3,
            NextLimits = null,
        });

        var period = trial.PeriodAt(At("2026-12-20"));

        Assert.Equal((At("2026-12-17T10:30:00Z"), At("2027-01-17T10:30:00Z")), (period.Start, period.End));
    }

    private static (string Tier, long Limit) HoldingAt(Entitled entitled, DateTimeOffset now) =>
        (entitled.At(now).Row.TierCode, Quota.Of(entitled, "predictions", now)!.Limit);
}
