using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Analytics;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Analytics;

public sealed class ReportRangeTests
{
    [Theory]
    [InlineData("", "2026-10-28", "2026-11-26")]
    [InlineData("?to=2026-11-10", "2026-10-12", "2026-11-10")]
    [InlineData("?from=2026-11-10", "2026-11-10", "2026-11-26")]
    [InlineData("?to=1970-01-10", "1970-01-01", "1970-01-10")]
    [InlineData("?from=2105-12-31&to=2105-12-31", "2105-12-31", "2105-12-31")]
    public void Thirty_days_are_shown_unless_others_are_asked_for(string query, string from, string to)
    {
        var range = Of(query);

        Assert.Equal((from, to), ($"{range.From:yyyy-MM-dd}", $"{range.To:yyyy-MM-dd}"));
    }

    [Theory]
    [InlineData("?to=0001-01-10")]
    [InlineData("?from=1969-12-31&to=1970-01-01")]
    [InlineData("?from=2105-12-31&to=2106-01-01")]
    [InlineData("?from=2026-11-11&to=2026-11-10")]
    [InlineData("?from=2000-01-01&to=2026-11-10")]
    public void What_is_no_range_or_beyond_what_can_be_stored_is_refused(string query) =>
        Assert.Equal("INVALID_RANGE", Assert.Throws<ProblemException>(() => Of(query)).Code);

    private static ReportRange Of(string query) => ReportRange.Of(
        new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request, At("2026-11-26T10:00:00Z"));
}
