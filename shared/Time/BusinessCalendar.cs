using System.Globalization;

namespace ServerlessBusiness.Shared.Time;

/// <summary>Months, weeks and renewal dates in UTC. Pure: nothing here reads a clock.</summary>
public static class BusinessCalendar
{
    /// <summary>The UTC day around a moment.</summary>
    public static Period DayOf(DateTimeOffset moment)
    {
        var start = Midnight(moment);
        return new Period(start, start.AddDays(1));
    }

    /// <summary>The ISO week around a moment: Monday to Monday.</summary>
    public static Period WeekOf(DateTimeOffset moment)
    {
        var midnight = Midnight(moment);
        var monday = midnight.AddDays(-(((int)midnight.DayOfWeek + 6) % 7));
        return new Period(monday, monday.AddDays(7));
    }

    /// <summary>The calendar month around a moment.</summary>
    public static Period MonthOf(DateTimeOffset moment)
    {
        var midnight = Midnight(moment);
        var first = midnight.AddDays(1 - midnight.Day);
        return new Period(first, first.AddMonths(1));
    }

    /// <summary>The ISO week a moment falls in, as <c>2026-W53</c>; its year is not always the calendar year.</summary>
    public static string IsoWeek(DateTimeOffset moment)
    {
        var date = moment.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(date):D4}-W{ISOWeek.GetWeekOfYear(date):D2}");
    }

    /// <summary>The date some months on, on the anchor day or, where the month is shorter, on its last day; the time of day stays.
    /// Given the anchor day (1 to 31) each time, 31 January leads to 28 February and then to 31 March.</summary>
    public static DateTimeOffset AddMonths(DateTimeOffset moment, int months, int anchorDay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(anchorDay, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(anchorDay, 31);

        var utc = moment.ToUniversalTime();
        var first = utc.AddDays(1 - utc.Day).AddMonths(months);
        var day = Math.Min(anchorDay, DateTime.DaysInMonth(first.Year, first.Month));
        return first.AddDays(day - 1);
    }

    /// <summary>When the next period of this cadence starts. For a yearly cadence begun on 29 February that is the 28th in common years.</summary>
    public static DateTimeOffset Next(DateTimeOffset start, Cadence cadence, int anchorDay) => AddMonths(start, (int)cadence, anchorDay);

    /// <summary>The period of this cadence that begins at a moment.</summary>
    public static Period PeriodFrom(DateTimeOffset start, Cadence cadence, int anchorDay)
    {
        var utc = start.ToUniversalTime();
        return new Period(utc, Next(utc, cadence, anchorDay));
    }

    /// <summary>The period around a moment, among those that follow each other from an anchor; before the anchor they run backwards.
    /// They begin on the anchor's day, unless it stands for a later one that its month does not have.</summary>
    public static Period PeriodAround(DateTimeOffset moment, DateTimeOffset anchor, Cadence cadence, int? anchorDay = null)
    {
        var utc = moment.ToUniversalTime();
        var first = anchor.ToUniversalTime();
        var step = (int)cadence;
        var months = ((utc.Year - first.Year) * 12) + utc.Month - first.Month;
        var index = (int)Math.Floor(months / (double)step);
        // By month numbers alone the period can only be one too late: the anchor's day or hour has not come yet.
        if (StartOf(index) > utc)
            index--;
        return new Period(StartOf(index), StartOf(index + 1));

        DateTimeOffset StartOf(int number) => AddMonths(first, number * step, anchorDay ?? first.Day);
    }

    private static DateTimeOffset Midnight(DateTimeOffset moment) => new(moment.UtcDateTime.Date, TimeSpan.Zero);
}
