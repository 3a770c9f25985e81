using System.Globalization;
using ServerlessBusiness.Runtime.Hosting;
using ServerlessBusiness.Runtime.Timers;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class TimerScheduleTests
{
    private static readonly RuntimeOptions Options = new([], "", name => name == "EVERY_MONDAY" ? "0 0 0 * * 1" : null);

    [Theory]
    [InlineData("0 0 0 1 * *", "2026-11-22T10:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData("0 0 1 * *", "2026-11-22T10:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData("%EVERY_MONDAY%", "2026-11-22T10:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("*/15 * * * * *", "2026-11-22T10:00:15Z", "2026-11-22T10:00:30Z")]
    [InlineData("0 30 9 * jan mon-fri", "2026-11-22T10:00:00Z", "2027-01-01T09:30:00Z")]
    [InlineData("0 0 0 13 * fri", "2026-11-22T10:00:00Z", "2027-08-13T00:00:00Z")]
    public void The_next_time_is_the_first_that_every_field_allows(string expression, string now, string expected)
    {
        var schedule = TimerSchedule.Parse(expression, "Sample", Options);

        Assert.Equal(Time(expected), schedule.NextAfter(Time(now)));
    }

    [Fact]
    public void What_is_no_expression_is_refused_with_the_name_of_the_timer()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => TimerSchedule.Parse("every day", "Sample", Options));

        Assert.Contains("'every day' of the timer 'Sample'", failure.Message);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
