using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Shared;

public sealed class QueryDateTests
{
    [Fact]
    public void A_day_and_a_month_are_read_as_ISO_8601_writes_them()
    {
        Assert.Equal(new DateOnly(2026, 11, 25), QueryDate.Day(With("?from=2026-11-25"), "from"));
        Assert.Equal(new DateOnly(2026, 11, 1), QueryDate.Month(With("?from=2026-11"), "from"));
        Assert.Null(QueryDate.Day(With(""), "from"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-02-29")]
    [InlineData("26-11-25")]
    [InlineData("2026-11-25T00:00:00Z")]
    [InlineData("9999-12-31")]
    [InlineData("2026-11-25&from=2026-11-26")]
    public void Anything_else_is_refused_by_name(string text)
    {
        var refusal = Assert.Throws<ProblemException>(() => QueryDate.Day(With($"?from={text}"), "from"));

        Assert.Equal((400, "INVALID_DAY", "from is a day such as 2026-11-25."), (refusal.Status, refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-11-01")]
    [InlineData("9999-12")]
    public void So_is_what_is_no_month(string text) =>
        Assert.Equal("INVALID_MONTH", Assert.Throws<ProblemException>(() => QueryDate.Month(With($"?month={text}"), "month")).Code);

    private static HttpRequest With(string query) => new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;
}
