using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class TroubleTests(ShopFixture fixture) : IClassFixture<ShopFixture>
{
    readonly Shop _shop = fixture.Shop;

    [Theory]
    [InlineData("http429", HttpStatusCode.TooManyRequests)]
    [InlineData("http500", HttpStatusCode.InternalServerError)]
    [InlineData("http503", HttpStatusCode.ServiceUnavailable)]
    public async Task A_planned_failure_happens_once_and_leaves_nothing_behind(string mode, HttpStatusCode status)
    {
        await PlanAsync(mode, mode);
        using var response = await _shop.Http.PostAsync("v2/charge", Shop.Json(Shop.BcaCharge(mode)));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        Assert.Equal("404", (string?)(await _shop.StatusAsync(mode))["status_code"]);
        Assert.Equal("201", (string?)(await _shop.ChargeAsync(Shop.BcaCharge(mode)))["status_code"]);
    }

    [Fact]
    public async Task An_answer_can_be_lost_after_the_charge_has_happened()
    {
        await PlanAsync("timeoutAfterSuccess", "lost");
        await Assert.ThrowsAsync<HttpRequestException>(() => _shop.ChargeAsync(Shop.BcaCharge("lost")));

        Assert.Equal("pending", (string?)(await _shop.StatusAsync("lost"))["transaction_status"]);
        Assert.Equal("406", (string?)(await _shop.ChargeAsync(Shop.BcaCharge("lost")))["status_code"]);
    }

    [Fact]
    public async Task A_declined_charge_is_a_transaction_that_was_denied()
    {
        await PlanAsync("declined", "declined");

        var answer = await _shop.ChargeAsync(Shop.BcaCharge("declined"));

        Assert.Equal(("202", "deny"), ((string?)answer["status_code"], (string?)answer["transaction_status"]));
        Assert.Equal("deny", (string?)(await _shop.StatusAsync("declined"))["transaction_status"]);
    }

    [Fact]
    public async Task The_notification_can_be_there_before_the_answer()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ControlAsync("next-charge", new() { ["mode"] = "notifyBeforeAnswer" });

        var answer = await shop.ChargeAsync(Shop.BcaCharge("early"));

        Assert.Equal("pending", (string?)answer["transaction_status"]);
        Assert.Equal("settlement", (string?)Assert.Single(shop.Webhook.TakeAll()).Body["transaction_status"]);
    }

    [Theory]
    [InlineData("next-charge", """{"mode":"slwo"}""", "$.mode")]
    [InlineData("next-charge", """{"mode":"slow","delay":1}""", "delay")]
    [InlineData("transactions/nobody/settle", "{}", "nobody")]
    public async Task A_mistake_in_a_control_call_is_explained(string path, string body, string mentioned)
    {
        using var response = await _shop.Http.PostAsync($"control/{path}", Shop.Json(JsonNode.Parse(body)!));

        Assert.InRange((int)response.StatusCode, 400, 409);
        Assert.Contains(mentioned, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!);
    }

    Task PlanAsync(string mode, string orderId) =>
        _shop.ControlAsync("next-charge", new() { ["mode"] = mode, ["orderId"] = orderId, ["retryAfter"] = 7, ["delayMs"] = 20 });
}
