using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle;

public sealed class BillingPeriodsTests
{
    [Theory]
    [InlineData("2026-11-25T20:00:00Z", "2026-12-01", "2026-11-01")]
    [InlineData("2026-12-31T23:59:59.999Z", "2027-01-01", "2026-12-01")]
    [InlineData("2026-12-01T00:00:00Z", "2027-01-01", "2026-12-01")]
    [InlineData("2028-02-10T12:00:00Z", "2028-03-01", "2028-02-01")]
    public void A_calendar_period_ends_on_the_first_of_the_next_month(string now, string end, string whole)
    {
        var billed = BillingPeriods.First(At(now), BillingCycle.Monthly, BillingMode.Calendar);

        Assert.Equal((At(now), At(end), 1, At(whole), At(end)),
            (billed.Period.Start, billed.Period.End, billed.AnchorDay, billed.Whole.Start, billed.Whole.End));
    }

    [Fact]
    public void A_yearly_calendar_period_begins_with_a_part_of_the_year_that_ends_on_the_first()
    {
        var billed = BillingPeriods.First(At("2026-11-25"), BillingCycle.Yearly, BillingMode.Calendar);
        var next = BillingPeriods.After(billed.Period.End, billed.AnchorDay, BillingCycle.Yearly);

        Assert.Equal((At("2026-12-01"), At("2025-12-01")), (billed.Period.End, billed.Whole.Start));
        Assert.Equal((At("2026-12-01"), At("2027-12-01")), (next.Period.Start, next.Period.End));
    }

    [Fact]
    public void An_anniversary_keeps_its_day_through_short_months()
    {
        var billed = BillingPeriods.First(At("2027-01-31T10:30:00Z"), BillingCycle.Monthly, BillingMode.Anniversary);
        var ends = new List<DateTimeOffset> { billed.Period.End };
        for (var month = 0; month < 3; month++)
        {
            billed = BillingPeriods.After(billed.Period.End, billed.AnchorDay, BillingCycle.Monthly);
            ends.Add(billed.Period.End);
        }

        Assert.Equal([At("2027-02-28T10:30:00Z"), At("2027-03-31T10:30:00Z"), At("2027-04-30T10:30:00Z"), At("2027-05-31T10:30:00Z")], ends);
    }

    [Fact]
    public void A_leap_day_comes_back_in_leap_years()
    {
        var billed = BillingPeriods.First(At("2028-02-29"), BillingCycle.Yearly, BillingMode.Anniversary);
        var ends = new List<DateTimeOffset>();
        for (var year = 0; year < 4; year++)
        {
            ends.Add(billed.Period.End);
            billed = BillingPeriods.After(billed.Period.End, billed.AnchorDay, BillingCycle.Yearly);
        }

        Assert.Equal([At("2029-02-28"), At("2030-02-28"), At("2031-02-28"), At("2032-02-29")], ends);
    }
}
