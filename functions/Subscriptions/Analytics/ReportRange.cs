using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>Days from the first to the last, both among them; by default the last thirty.</summary>
public sealed record ReportRange(DateOnly From, DateOnly To)
{
    private const int Default = 30;
    private const int Longest = 3660;

    /// <exception cref="ProblemException">400 when a day cannot be read, or they are the wrong way round.</exception>
    public static ReportRange Of(HttpRequest request, DateTimeOffset now)
    {
        var to = QueryDate.Day(request, "to") ?? DateOnly.FromDateTime(now.UtcDateTime);
        var from = QueryDate.Day(request, "from") ?? to.AddDays(1 - Default);
        return from <= to && to.DayNumber - from.DayNumber <= Longest
            ? new ReportRange(from, to)
            : throw ProblemException.Invalid("from", "INVALID_RANGE", "A range ends on or after the day it begins, at most ten years later.");
    }
}
