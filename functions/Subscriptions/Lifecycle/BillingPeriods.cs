using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>A stretch that is billed at once, the day on which the following ones begin, and the whole period it is a part of.</summary>
public readonly record struct BilledPeriod(Period Period, int AnchorDay, Period Whole);

/// <summary>When periods begin and end. Half-open, in UTC.</summary>
public static class BillingPeriods
{
    private const int FirstOfMonth = 1;

    /// <summary>The period that begins now: up to the first of the next month, or a whole one from today on.</summary>
    public static BilledPeriod First(DateTimeOffset now, BillingCycle cycle, BillingMode mode)
    {
        if (mode == BillingMode.Anniversary)
        {
            var whole = BusinessCalendar.PeriodFrom(now, Cadence(cycle), now.UtcDateTime.Day);
            return new BilledPeriod(whole, now.UtcDateTime.Day, whole);
        }

        var end = BusinessCalendar.MonthOf(now).End;
        return new BilledPeriod(new Period(now.ToUniversalTime(), end), FirstOfMonth, Whole(now, end, cycle, mode));
    }

    /// <summary>The whole period after the one that ends then.</summary>
    public static BilledPeriod After(DateTimeOffset end, int anchorDay, BillingCycle cycle)
    {
        var whole = BusinessCalendar.PeriodFrom(end, Cadence(cycle), anchorDay);
        return new BilledPeriod(whole, anchorDay, whole);
    }

    /// <summary>The period after the one that ends then. After a trial the paying begins, as if it had been subscribed to then, and so it does where it
    /// is billed in another way from then on.</summary>
    public static BilledPeriod Next(DateTimeOffset end, int anchorDay, BillingMode mode, bool isTrial, BillingCycle nextCycle, BillingMode nextMode) =>
        isTrial || nextMode != mode ? First(end, nextCycle, nextMode) : After(end, anchorDay, nextCycle);

    /// <summary>The whole period that a running one is a part of: its real length is what a day's share is taken of.</summary>
    public static Period Whole(DateTimeOffset start, DateTimeOffset end, BillingCycle cycle, BillingMode mode) => mode == BillingMode.Anniversary
        ? new Period(start.ToUniversalTime(), end.ToUniversalTime())
        : new Period(BusinessCalendar.AddMonths(end, -(int)Cadence(cycle), FirstOfMonth), end.ToUniversalTime());

    public static Cadence Cadence(BillingCycle cycle) => cycle == BillingCycle.Yearly ? Shared.Time.Cadence.Yearly : Shared.Time.Cadence.Monthly;
}
