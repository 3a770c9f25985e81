using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>Days from the first to the last, both among them; by default the last thirty.</summary>
public sealed record ReportRange(DateOnly From, DateOnly To)
{
    private const int Default = 30;
    private const int Longest = 3660;

    // ClickHouse counts times from the first of them, and no further than in the year after the last.
    private static readonly DateOnly First = new(1970, 1, 1), Last = new(2105, 12, 31);

    /// <exception cref="ProblemException">400 when a day cannot be read, or they are no range.</exception>
    public static ReportRange Of(HttpRequest request, DateTimeOffset now)
    {
        var to = QueryDate.Day(request, "to") ?? DateOnly.FromDateTime(now.UtcDateTime);
        var from = QueryDate.Day(request, "from") ?? DateOnly.FromDayNumber(Math.Max(First.DayNumber, to.DayNumber + 1 - Default));
        return Of(from, to);
    }

    /// <exception cref="ProblemException">400 when they are no range.</exception>
    public static ReportRange Of(DateOnly from, DateOnly to)
    {
        if (to < from || to.DayNumber - from.DayNumber > Longest)
            throw ProblemException.Invalid("from", "INVALID_RANGE", "A range ends on or after the day it begins, at most ten years later.");
        return from >= First && to <= Last
            ? new ReportRange(from, to)
            : throw ProblemException.Invalid("from", "INVALID_RANGE", "Reports reach from 1970-01-01 to 2105-12-31.");
    }
}
