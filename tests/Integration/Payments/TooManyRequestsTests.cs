using System.Net;
using System.Net.Http.Json;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<RelayCollection>]
public sealed class TooManyRequestsTests(RelayDesk desk)
{
    [Fact]
    public async Task A_429_in_the_body_under_HTTP_200_is_waited_for_until_the_moment_it_names()
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(90);
        var invoice = Guid.CreateVersion7();
        using (desk.Relay.Answer("POST", "/v2/charge", RelayAnswer.Code(429) with { RetryAfter = $"{until:R}" }))
        {
            using var answer = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(invoice));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(91));
        }

        var asked = Charges();
        using var early = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, asked), (early.StatusCode, Charges()));
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(91));
        Assert.Equal("pending", (string?)(await desk.ChargeAsync(invoice))["status"]);
    }

    private int Charges() => desk.Relay.Calls.Count(call => call.Path == "/v2/charge");
}
