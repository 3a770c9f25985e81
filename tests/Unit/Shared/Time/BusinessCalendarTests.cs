using System.Globalization;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Tests.Unit.Shared.Time;

public sealed class BusinessCalendarTests
{
    [Theory]
    [InlineData("2026-01-31", 1, 31, "2026-02-28")]
    [InlineData("2026-02-28", 1, 31, "2026-03-31")]
    [InlineData("2026-03-31", 1, 31, "2026-04-30")]
    [InlineData("2028-01-31", 1, 31, "2028-02-29")]
    [InlineData("2026-01-30", 1, 30, "2026-02-28")]
    [InlineData("2026-02-28", 1, 30, "2026-03-30")]
    [InlineData("2026-12-15", 1, 15, "2027-01-15")]
    [InlineData("2028-02-29", 12, 29, "2029-02-28")]
    [InlineData("2031-02-28", 12, 29, "2032-02-29")]
    [InlineData("2026-03-31", -1, 31, "2026-02-28")]
    public void A_month_later_is_the_anchor_day_or_the_last_day_of_the_month(string from, int months, int anchorDay, string expected) =>
        Assert.Equal(Utc(expected), BusinessCalendar.AddMonths(Utc(from), months, anchorDay));

    [Fact]
    public void The_time_of_day_is_kept() =>
        Assert.Equal(Utc("2026-02-28T23:59:59"), BusinessCalendar.AddMonths(Utc("2026-01-31T23:59:59"), 1, 31));

    [Fact]
    public void A_date_given_in_jakarta_is_counted_in_utc()
    {
        var lateInJanuary = new DateTimeOffset(2026, 2, 1, 3, 0, 0, TimeSpan.FromHours(7));
        Assert.Equal(Utc("2026-02-28T20:00:00"), BusinessCalendar.AddMonths(lateInJanuary, 1, 31));
    }

    [Theory]
    [InlineData("2026-11-01", "2026-11-01", "2026-12-01")]
    [InlineData("2026-11-30T23:59:59.9999999", "2026-11-01", "2026-12-01")]
    [InlineData("2026-12-31", "2026-12-01", "2027-01-01")]
    [InlineData("2028-02-29", "2028-02-01", "2028-03-01")]
    public void A_month_runs_from_its_first_moment_to_the_next_months_first(string moment, string start, string end) =>
        Assert.Equal(new Period(Utc(start), Utc(end)), BusinessCalendar.MonthOf(Utc(moment)));

    [Theory]
    [InlineData("2026-11-22", "2026-11-16", "2026-11-23", "2026-W47")]
    [InlineData("2026-11-23", "2026-11-23", "2026-11-30", "2026-W48")]
    [InlineData("2027-01-01", "2026-12-28", "2027-01-04", "2026-W53")]
    [InlineData("2024-12-30", "2024-12-30", "2025-01-06", "2025-W01")]
    public void A_week_runs_from_monday_to_monday(string moment, string start, string end, string name)
    {
        Assert.Equal(new Period(Utc(start), Utc(end)), BusinessCalendar.WeekOf(Utc(moment)));
        Assert.Equal(name, BusinessCalendar.IsoWeek(Utc(moment)));
    }

    [Theory]
    [InlineData("2026-01-31", "2026-03-30", Cadence.Monthly, "2026-02-28", "2026-03-31")]
    [InlineData("2026-01-31", "2026-03-31", Cadence.Monthly, "2026-03-31", "2026-04-30")]
    [InlineData("2026-01-31", "2026-01-30", Cadence.Monthly, "2025-12-31", "2026-01-31")]
    [InlineData("2028-02-29", "2029-02-28", Cadence.Yearly, "2029-02-28", "2030-02-28")]
    [InlineData("2028-02-29", "2032-02-28", Cadence.Yearly, "2031-02-28", "2032-02-29")]
    public void The_period_around_a_moment_follows_from_the_anchor(string anchor, string moment, Cadence cadence, string start, string end) =>
        Assert.Equal(new Period(Utc(start), Utc(end)), BusinessCalendar.PeriodAround(Utc(moment), Utc(anchor), cadence));

    [Fact]
    public void A_period_must_end_after_it_starts_and_run_in_utc()
    {
        var now = Utc("2026-11-22");
        Assert.Throws<ArgumentException>(() => new Period(now, now));
        Assert.Throws<ArgumentException>(() => new Period(now.ToOffset(TimeSpan.FromHours(7)), now.AddDays(1)));
    }

    private static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
