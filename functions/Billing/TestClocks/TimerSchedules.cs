using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using NCrontab;

namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>The schedules of the timers that a test clock plays, and their order. Six fields in UTC, or five without seconds, like the host reads them.</summary>
public sealed record TimerSchedules : IValidatableObject
{
    [Required]
    [ConfigurationKeyName("BILLING_SCHEDULE")]
    public string Billing { get; init; } = "";

    [Required]
    [ConfigurationKeyName("BILLING_CATCH_UP_SCHEDULE")]
    public string CatchUp { get; init; } = "";

    [Required]
    [ConfigurationKeyName("OVERDUE_SCHEDULE")]
    public string Overdue { get; init; } = "";

    [Required]
    [ConfigurationKeyName("REMINDER_SCHEDULE")]
    public string Reminder { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from schedule in new[]
        {
            (Name: nameof(Billing), Text: Billing), (Name: nameof(CatchUp), Text: CatchUp), (Name: nameof(Overdue), Text: Overdue),
            (Name: nameof(Reminder), Text: Reminder),
        }
        where TryParse(schedule.Text) is null
        select new ValidationResult("It must be a schedule in six fields from the second to the weekday.", [schedule.Name]);

    /// <summary>When timers run from one moment to another, both of them included, earliest first.</summary>
    public IEnumerable<TimerStep> Between(DateTimeOffset from, DateTimeOffset to)
    {
        var timers = new[]
        {
            (Work: TimerWork.Bill, Schedule: Parse(Billing)), (Work: TimerWork.Bill, Schedule: Parse(CatchUp)),
            (Work: TimerWork.Dun, Schedule: Parse(Overdue)), (Work: TimerWork.Remind, Schedule: Parse(Reminder)),
        };
        var next = timers.Select(timer => NextAfter(timer.Schedule, from.AddTicks(-1))).ToArray();
        while (next.Min() is var at && at <= to)
        {
            // Both of the timers of what is unpaid take dunning's steps before they remind.
            var work = timers.Where((_, place) => next[place] == at)
                .SelectMany(timer => timer.Work == TimerWork.Bill ? new[] { TimerWork.Bill } : [TimerWork.Dun, TimerWork.Remind]);
            yield return new TimerStep(at, [.. work.Distinct().Order()]);
            for (var place = 0; place < timers.Length; place++)
            {
                if (next[place] == at)
                    next[place] = NextAfter(timers[place].Schedule, at);
            }
        }
    }

    private static DateTimeOffset NextAfter(CrontabSchedule schedule, DateTimeOffset time) =>
        new(schedule.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

    private static CrontabSchedule Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' is not a schedule.");

    private static CrontabSchedule? TryParse(string text) => CrontabSchedule.TryParse(
        text, new CrontabSchedule.ParseOptions { IncludingSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 });
}
