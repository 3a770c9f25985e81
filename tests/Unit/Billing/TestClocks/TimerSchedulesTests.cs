using System.ComponentModel.DataAnnotations;
using CsCheck;
using ServerlessBusiness.Billing.TestClocks;

namespace ServerlessBusiness.Tests.Unit.Billing.TestClocks;

public sealed class TimerSchedulesTests
{
    private static readonly TimerSchedules Usual = new()
    {
        Billing = "0 0 0 1 * *", CatchUp = "0 5 0 * * *", Overdue = "0 0 0 * * *", Reminder = "0 0 0 * * 1",
    };

    private static readonly Gen<DateTimeOffset> Moment =
        Gen.Long[0, 400L * 24 * 3600 * 2].Select(halfSeconds => At("2027-01-01T00:00:00Z").AddSeconds(halfSeconds / 2.0));

    [Theory]
    [InlineData("2027-01-31T12:00:00Z", "2027-02-01T12:00:00Z", "02-01 00:00 Bill Dun Remind", "02-01 00:05 Bill")]
    [InlineData("2027-02-02T00:00:00Z", "2027-02-02T00:05:00Z", "02-02 00:00 Dun Remind", "02-02 00:05 Bill")]
    [InlineData("2027-02-02T00:00:00.000001Z", "2027-02-02T00:04:59.999999Z")]
    [InlineData("2027-02-28T00:05:00Z", "2027-03-01T00:00:00Z", "02-28 00:05 Bill", "03-01 00:00 Bill Dun Remind")]
    [InlineData("2028-02-28T00:06:00Z", "2028-02-29T00:01:00Z", "02-29 00:00 Dun Remind")]
    public void What_falls_due_comes_in_order_and_bills_before_reminders(string from, string to, params string[] steps) =>
        Assert.Equal(steps, Usual.Between(At(from), At(to)).Select(Show));

    [Fact]
    public void A_year_has_a_day_each_and_a_first_of_each_month()
    {
        var year = Usual.Between(At("2027-01-01T00:00:00Z"), At("2027-12-31T23:59:59Z")).ToList();

        Assert.Equal(365, year.Count(step => step.Work.Contains(TimerWork.Dun)));
        Assert.Equal(365 + 12, year.Count(step => step.Work.Contains(TimerWork.Bill)));
        Assert.Equal(year.OrderBy(step => step.At), year);
    }

    [Fact]
    public void Five_fields_are_a_schedule_without_seconds() => Assert.Equal(
        ["01-02 00:05 Bill"],
        (Usual with { CatchUp = "5 0 * * *" }).Between(At("2027-01-02T00:01:00Z"), At("2027-01-02T12:00:00Z")).Select(Show));

    [Fact]
    public void Without_a_time_to_pass_only_what_falls_on_the_moment_is_played() => Moment.Sample(at =>
        Assert.All(Usual.Between(at, at), step => Assert.Equal(at, step.At)));

    // So that it does not matter where an advance was cut in two, or died.
    [Fact]
    public void Two_parts_of_a_time_have_the_steps_of_the_whole() => Gen.Select(Moment, Moment, Moment).Sample(drawn =>
    {
        var times = new[] { drawn.Item1, drawn.Item2, drawn.Item3 }.Order().ToArray();
        var parts = Usual.Between(times[0], times[1]).Concat(Usual.Between(times[1], times[2])).Select(Exactly).Distinct();

        Assert.Equal(Usual.Between(times[0], times[2]).Select(Exactly), parts);
    });

    [Theory]
    [InlineData("0 5 0 * * *", true)]
    [InlineData("5 0 * * *", true)]
    [InlineData("every night", false)]
    [InlineData("0 5 0 * * 8", false)]
    public void What_is_no_schedule_stops_the_start(string schedule, bool starts)
    {
        var wrong = (Usual with { CatchUp = schedule }).Validate(new ValidationContext(Usual)).ToList();

        Assert.Equal(starts ? [] : [nameof(TimerSchedules.CatchUp)], wrong.SelectMany(one => one.MemberNames));
    }

    // With its year: the moments lie years apart.
    private static string Exactly(TimerStep step) => $"{step.At:O} {Show(step)}";

    private static string Show(TimerStep step) => $"{step.At:MM-dd HH:mm} {string.Join(' ', step.Work)}";

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
