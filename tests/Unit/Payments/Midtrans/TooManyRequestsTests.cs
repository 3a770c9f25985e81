using System.Net;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class TooManyRequestsTests
{
    [Theory]
    [InlineData("7", null, 7)]
    [InlineData("Sun, 22 Nov 2026 13:00:40 GMT", null, 40)]
    [InlineData("Sun, 22 Nov 2026 13:00:40 GMT", "Sun, 22 Nov 2026 13:00:10 GMT", 30)]
    [InlineData("Sun, 22 Nov 2026 12:59:00 GMT", null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_wait_is_told_in_seconds_or_by_a_moment(string? retryAfter, string? date, int? seconds)
    {
        using var answer = new HttpResponseMessage();
        if (retryAfter is not null)
            answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        if (date is not null)
            answer.Headers.TryAddWithoutValidation("Date", date);

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : (TimeSpan?)null, TooManyRequests.WaitOf(answer.Headers, Samples.Now));
    }

    [Theory]
    [InlineData(429, "", true)]
    [InlineData(200, """{"status_code":"429"}""", true)]
    [InlineData(200, """{"status_code":"201","transaction_id":"429"}""", false)]
    [InlineData(200, "429", false)]
    [InlineData(503, """{"status_code":"503"}""", false)]
    public void Too_many_is_said_by_the_status_or_in_the_body(int status, string body, bool tooMany) =>
        Assert.Equal(tooMany, MidtransAnswer.IsTooMany((HttpStatusCode)status, body));
}
