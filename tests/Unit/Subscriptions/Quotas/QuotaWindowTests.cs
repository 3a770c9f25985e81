using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Entitlements;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using ServerlessBusiness.Subscriptions.Quotas;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Quotas;

public sealed class QuotaWindowTests
{
    [Theory]
    [InlineData("2026-11-24T23:59:59.999Z", "2026-11-24", "2026-11-25")]
    [InlineData("2026-11-25T00:00:00.000Z", "2026-11-25", "2026-11-26")]
    [InlineData("2026-12-31T23:59:59.999Z", "2026-12-31", "2027-01-01")]
    public void A_day_is_a_UTC_day_to_the_millisecond(string now, string start, string end)
    {
        var quota = Quota.Of(Monthly(), "apiCalls", At(now))!;

        Assert.Equal((100L, At(start), At(end)), (quota.Limit, quota.Window.Start, quota.Window.End));
    }

    [Theory]
    [InlineData("2026-11-30T10:29:59.999Z", "2026-10-31T10:30:00Z", "2026-11-30T10:30:00Z")]
    [InlineData("2026-11-30T10:30:00.000Z", "2026-11-30T10:30:00Z", "2026-12-31T10:30:00Z")]
    [InlineData("2027-02-28T10:30:00.000Z", "2027-02-28T10:30:00Z", "2027-03-31T10:30:00Z")]
    public void A_month_is_the_billing_period_also_before_the_timer_has_renewed_it(string now, string start, string end)
    {
        var quota = Quota.Of(Monthly(), "predictions", At(now))!;

        Assert.Equal((At(start), At(end)), (quota.Window.Start, quota.Window.End));
    }

    [Fact]
    public void A_yearly_period_counts_by_its_months()
    {
        var yearly = Of(BillingCycle.Yearly, BillingMode.Anniversary, "2026-01-31", "2027-01-31", anchorDay: 31);
        var quota = Quota.Of(yearly, "predictions", At("2026-03-15"))!;

        Assert.Equal((At("2026-02-28"), At("2026-03-31")), (quota.Window.Start, quota.Window.End));
    }

    [Theory]
    [InlineData("2027-03-01", "2027-02-28", "2027-03-29")]
    [InlineData("2027-04-10", "2027-03-29", "2027-04-29")]
    [InlineData("2028-02-28T23:59:59.999Z", "2028-01-29", "2028-02-29")]
    public void A_year_up_to_29_February_has_twelve_months_also_when_it_began_on_the_28th(string now, string start, string end)
    {
        var yearly = Of(BillingCycle.Yearly, BillingMode.Anniversary, "2027-02-28", "2028-02-29", anchorDay: 29);

        Assert.Equal(new Period(At(start), At(end)), Quota.Of(yearly, "predictions", At(now))!.Window);
    }

    [Fact]
    public void A_short_first_period_is_one_window_whatever_day_the_next_begin_on()
    {
        var yearly = Of(BillingCycle.Yearly, BillingMode.Calendar, "2026-11-10", "2026-12-01", anchorDay: 1);

        Assert.Equal(new Period(At("2026-11-10"), At("2026-12-01")), Quota.Of(yearly, "predictions", At("2026-11-20"))!.Window);
    }

    [Fact]
    public void A_trial_is_one_window_and_the_first_paid_period_the_next()
    {
        var trial = new Entitled(Of(BillingCycle.Monthly, BillingMode.Calendar, "2026-11-10", "2026-11-24", anchorDay: 10).Row with
        {
            Status = SubscriptionStatus.Trialing,
        });

        Assert.Equal(At("2026-11-24"), Quota.Of(trial, "predictions", At("2026-11-23T23:59:59.999Z"))!.Window.End);
        Assert.Equal(At("2026-12-01"), Quota.Of(trial, "predictions", At("2026-11-24"))!.Window.End);
    }

    [Fact]
    public void A_feature_without_a_limit_has_no_quota()
    {
        Assert.Null(Quota.Of(Monthly(), "basic_predictions", At("2026-11-25")));
        Assert.Equal(["apiCallsPerDay", "predictionsPerMonth"], Quota.All(Monthly(), At("2026-11-25")).Select(quota => quota.LimitName));
    }

    [Theory]
    [InlineData(SubscriptionStatus.Active, true, true, true)]
    [InlineData(SubscriptionStatus.Active, false, true, false)]
    [InlineData(SubscriptionStatus.Trialing, true, true, true)]
    [InlineData(SubscriptionStatus.Pending, true, false, false)]
    [InlineData(SubscriptionStatus.Suspended, true, false, false)]
    [InlineData(SubscriptionStatus.Paused, true, false, false)]
    [InlineData(SubscriptionStatus.Cancelled, true, false, false)]
    public void Only_what_works_and_has_not_ended_may_be_used(SubscriptionStatus status, bool renews, bool before, bool after)
    {
        var entitled = new Entitled(Monthly().Row with { Status = status, Renews = renews });

        Assert.Equal((before, after), (entitled.MayUse(At("2026-11-30T10:29:59.999Z")), entitled.MayUse(At("2026-11-30T10:30:00Z"))));
    }

    [Theory]
    [InlineData(0, 79, new int[0])]
    [InlineData(0, 80, new[] { 80 })]
    [InlineData(80, 100, new[] { 90, 100 })]
    [InlineData(0, 100, new[] { 80, 90, 100 })]
    [InlineData(100, 100, new int[0])]
    public void Each_threshold_between_what_was_told_and_what_was_reached_is_told(int told, int reached, int[] expected) =>
        Assert.Equal(expected, Threshold.Passed(told, reached));

    private static Entitled Monthly() => Of(
        BillingCycle.Monthly, BillingMode.Anniversary, "2026-10-31T10:30:00Z", "2026-11-30T10:30:00Z", anchorDay: 31);

    private static Entitled Of(BillingCycle cycle, BillingMode mode, string start, string end, int anchorDay) => new(new EntitledRow(
        Guid.CreateVersion7(), Guid.CreateVersion7(), "platform", "free", "Free", cycle, mode, SubscriptionStatus.Active, At(start), At(end), anchorDay,
        Renews: true, """["basic_predictions"]""", """{"apiCallsPerDay": 100, "predictionsPerMonth": 50}"""));
}
