using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

public sealed class HostBreakerTests(RelayDesk desk) : IClassFixture<RelayDesk>
{
    [Fact]
    public async Task The_Core_APIs_open_breaker_leaves_the_hosted_page_in_use()
    {
        using var outage = desk.Relay.Answer("POST", "/v2/charge", RelayAnswer.Code(503, status: 503));
        (HttpStatusCode Status, JsonNode? Body) answer;
        var calls = 0;
        do
            answer = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.Request());
        while (answer.Status == HttpStatusCode.Accepted && ++calls < 15);
        var page = await desk.ChargeAsync(PaymentsDesk.By("dana"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "PROVIDER_UNAVAILABLE"), (answer.Status, (string?)answer.Body!["code"]));
        Assert.Contains("/snap/", (string)page["instructions"]!["redirectUrl"]!);
    }
}
