using CsCheck;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Tests.Unit.Shared.Time;

public sealed class BusinessCalendarProperties
{
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<DateTimeOffset> AnyMoment = Gen.Long[0, TimeSpan.FromDays(365 * 20).Ticks].Select(ticks => Epoch.AddTicks(ticks));

    private static readonly Gen<Cadence> AnyCadence = Gen.Enum<Cadence>();

    [Fact]
    public void Every_moment_lies_in_its_day_week_and_month() =>
        AnyMoment.Sample(moment =>
        {
            Assert.True(BusinessCalendar.DayOf(moment).Contains(moment));
            Assert.True(BusinessCalendar.WeekOf(moment).Contains(moment));
            Assert.True(BusinessCalendar.MonthOf(moment).Contains(moment));
            Assert.Equal(DayOfWeek.Monday, BusinessCalendar.WeekOf(moment).Start.DayOfWeek);
        });

    [Fact]
    public void Months_follow_each_other_without_gap_or_overlap() =>
        AnyMoment.Sample(moment =>
        {
            var month = BusinessCalendar.MonthOf(moment);
            var next = BusinessCalendar.MonthOf(month.End);
            Assert.Equal(month.End, next.Start);
            Assert.False(month.Overlaps(next));
        });

    [Fact]
    public void Renewing_step_by_step_meets_the_period_computed_from_the_anchor() =>
        Gen.Select(AnyMoment, AnyCadence, Gen.Int[1, 40]).Sample((anchor, cadence, steps) =>
        {
            var start = anchor;
            for (var i = 0; i < steps; i++)
                start = BusinessCalendar.Next(start, cadence, anchor.Day);

            Assert.Equal(BusinessCalendar.AddMonths(anchor, steps * (int)cadence, anchor.Day), start);
            Assert.Equal(BusinessCalendar.PeriodFrom(start, cadence, anchor.Day), BusinessCalendar.PeriodAround(start, anchor, cadence));
        });

    [Fact]
    public void The_period_around_a_moment_contains_it() =>
        Gen.Select(AnyMoment, AnyMoment, AnyCadence).Sample((moment, anchor, cadence) =>
            Assert.True(BusinessCalendar.PeriodAround(moment, anchor, cadence).Contains(moment)));
}
