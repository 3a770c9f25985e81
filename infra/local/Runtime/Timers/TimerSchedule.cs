using System.Text.RegularExpressions;
using NCrontab;
using ServerlessBusiness.Runtime.Hosting;

namespace ServerlessBusiness.Runtime.Timers;

// An NCRONTAB expression in UTC: six fields, or five without seconds; %Name% stands for a setting.
internal sealed partial class TimerSchedule
{
    private readonly CrontabSchedule schedule;

    private TimerSchedule(string text, CrontabSchedule schedule)
    {
        Text = text;
        this.schedule = schedule;
    }

    public string Text { get; }

    public static TimerSchedule Parse(string expression, string function, RuntimeOptions options)
    {
        var text = Placeholder().Replace(expression, match => options.Setting(match.Groups[1].Value)
            ?? throw new InvalidOperationException(
                $"The schedule of the timer '{function}' is the setting '{match.Groups[1].Value}', which is missing. "
                + "Set it to an NCRONTAB expression such as '0 0 * * * *'."));

        var withSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        var schedule = CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = withSeconds })
            ?? throw new InvalidOperationException(
                $"The schedule '{text}' of the timer '{function}' is not an NCRONTAB expression. "
                + "Write six fields: second minute hour day month weekday.");
        return new TimerSchedule(text, schedule);
    }

    public DateTimeOffset NextAfter(DateTimeOffset time) => new(schedule.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();
}
