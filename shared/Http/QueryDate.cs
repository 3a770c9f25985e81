using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Days and months in a request's query, as ISO 8601 writes them; null where none is given.</summary>
public static class QueryDate
{
    /// <exception cref="ProblemException">400 when it is no day.</exception>
    public static DateOnly? Day(HttpRequest request, string name) =>
        Read(request, name, "yyyy-MM-dd", "INVALID_DAY", $"{name} is a day such as 2026-11-25.");

    /// <summary>The first day of the month.</summary>
    /// <exception cref="ProblemException">400 when it is no month.</exception>
    public static DateOnly? Month(HttpRequest request, string name) =>
        Read(request, name, "yyyy-MM", "INVALID_MONTH", $"{name} is a month such as 2026-11.");

    // What is asked for ends after the day or month that is named, and the calendar with the year 9999.
    private static DateOnly? Read(HttpRequest request, string name, string form, string code, string sentence)
    {
        if (!request.Query.TryGetValue(name, out var text))
            return null;
        return DateOnly.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year < 9999
            ? date
            : throw ProblemException.Invalid(name, code, sentence);
    }
}
