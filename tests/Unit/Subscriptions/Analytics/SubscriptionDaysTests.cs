using ServerlessBusiness.Subscriptions.Analytics;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Analytics;

public sealed class SubscriptionDaysTests
{
    private static readonly ReportRange November = ReportRange.Of(new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 30));
    private static readonly DateOnly Today = new(2026, 11, 26);

    [Fact]
    public void Totals_go_on_over_days_without_a_change_up_to_today()
    {
        var rows = SubscriptionDays.Follow([Change("2026-10-07", "pro", 500, 15_000)], November, Today);

        Assert.Equal(26, rows.Count);
        Assert.All(rows, row => Assert.Equal((500, 15_000m, 0), (row.Total, row.MrrUsd, row.New)));
        Assert.Equal((November.From, Today), (rows[0].Date, rows[^1].Date));
    }

    [Fact]
    public void A_tier_that_nobody_has_and_nothing_happens_to_has_no_row()
    {
        var rows = SubscriptionDays.Follow(
            [Change("2026-11-03", "pro", 1, 30), Change("2026-11-05", "pro", -1, -30), Change("2026-11-04", "free", 0, 0)], November, Today);

        Assert.Equal(["2026-11-03 pro 1", "2026-11-04 pro 1", "2026-11-05 pro 0"], rows.Select(row => $"{row.Date:yyyy-MM-dd} {row.Tier} {row.Total}"));
    }

    [Fact]
    public void What_a_clock_that_is_ahead_has_noted_is_told_on_its_days_alone()
    {
        var rows = SubscriptionDays.Follow([Change("2026-11-28", "pro", 1, 30)], November, Today);

        Assert.Equal(new DateOnly(2026, 11, 28), Assert.Single(rows).Date);
    }

    private static DaySums Change(string date, string tier, long total, decimal mrr) => new(
        DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), tier, total, total > 0 ? total : 0, 0, 0, 0, 0, 0, mrr, 0);
}
