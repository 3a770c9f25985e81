using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>Notifications are taken from one network only; the gateway in front is trusted to say where they come from.</summary>
public sealed class AddressDesk(StackFixture stack) : PaymentsDesk(stack)
{
    protected override Dictionary<string, string?> Settings => new(base.Settings) { ["MIDTRANS_WEBHOOK_ADDRESSES"] = "203.0.113.0/24" };
}

public sealed class WebhookAddressTests(AddressDesk desk) : IClassFixture<AddressDesk>
{
    [Theory]
    [InlineData("203.0.113.9", HttpStatusCode.OK)]
    [InlineData("198.51.100.7", HttpStatusCode.BadRequest)]
    [InlineData("203.0.113.9, 198.51.100.7", HttpStatusCode.BadRequest)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task A_notification_from_elsewhere_is_refused_whatever_its_sender_says_of_himself(string? forwarded, HttpStatusCode expected)
    {
        var order = (string)(await desk.ChargeAsync())["orderId"]!;
        using var client = desk.Apps.Client(FunctionApp.Payments, tenant: null);
        using var request = new HttpRequestMessage(HttpMethod.Post, PaymentsDesk.Webhook)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Signed(order))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (forwarded is not null)
            request.Headers.Add("X-Forwarded-For", forwarded);
        using var answer = await client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        if (expected != HttpStatusCode.OK)
            Assert.Equal("ADDRESS_NOT_ALLOWED", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]);
    }

    private static string Signed(string order) => new JsonObject
    {
        ["order_id"] = order,
        ["status_code"] = "201",
        ["gross_amount"] = "531690.00",
        ["transaction_status"] = "pending",
        ["signature_key"] = MidtransSignature.Of(order, "201", "531690.00", PaymentsDesk.ServerKey),
    }.ToJsonString();
}
