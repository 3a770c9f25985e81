using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Reports;

/// <summary>Months (UTC) from the first to the last, both among them; by default the last twelve.</summary>
public sealed record MonthRange(DateOnly From, DateOnly To)
{
    private const int Default = 12;
    private const int Longest = 120;

    // Nothing was invoiced before, and the calendar has room behind the last.
    private const int FirstYear = 1970;
    private const int LastYear = 2999;

    public DateTimeOffset Start => At(From);

    /// <summary>The first moment after.</summary>
    public DateTimeOffset End => At(To.AddMonths(1));

    /// <exception cref="ProblemException">400 when a month cannot be read, or they are the wrong way round.</exception>
    public static MonthRange Of(HttpRequest request, DateTimeOffset now)
    {
        var to = QueryDate.Month(request, "to") ?? new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
        if (to.Year is < FirstYear or > LastYear)
            throw ProblemException.Invalid("to", "INVALID_RANGE", $"Reports are made of the years {FirstYear} to {LastYear}.");
        var from = QueryDate.Month(request, "from") ?? to.AddMonths(1 - Default);
        return from <= to && from > to.AddMonths(-Longest)
            ? new MonthRange(from, to)
            : throw ProblemException.Invalid("from", "INVALID_RANGE", "A range ends in or after the month it begins in, and holds at most ten years.");
    }

    private static DateTimeOffset At(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
