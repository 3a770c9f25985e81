using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Midtrans;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class MerchantTests
{
    [Fact]
    public async Task Two_merchants_may_use_the_same_order_id_and_each_is_signed_with_its_own_key()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ControlAsync("merchants", new()
        {
            ["serverKey"] = "SB-Mid-server-second",
            ["merchantId"] = "G000000002",
            ["notificationUrl"] = shop.Webhook.Url
        });
        var first = await shop.ChargeAsync(Shop.BcaCharge("order"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "v2/charge") { Content = Shop.Json(Shop.BcaCharge("order")) };
        request.Headers.Authorization = Shop.Basic("SB-Mid-server-second");
        using var response = await shop.Http.SendAsync(request);
        var second = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(("201", "G000000002"), ((string?)second["status_code"], (string?)second["merchant_id"]));

        await shop.ControlAsync($"transactions/{second["transaction_id"]}/settle");

        Assert.Equal(
            MidtransSignature.Of("order", "200", "44000.00", "SB-Mid-server-second"),
            (string?)Assert.Single(shop.Webhook.TakeAll()).Body["signature_key"]);
        Assert.Equal("pending", (string?)(await shop.StatusAsync("order"))["transaction_status"]);
        Assert.Equal("404", (string?)(await shop.StatusAsync((string)second["transaction_id"]!))["status_code"]);
        Assert.Equal("pending", (string?)(await shop.StatusAsync((string)first["transaction_id"]!))["transaction_status"]);
    }

    [Fact]
    public async Task A_person_can_settle_from_the_list_in_the_browser()
    {
        await using var shop = await Shop.OpenAsync();
        var charged = await shop.ChargeAsync(Shop.BcaCharge("order"));
        var action = $"/transactions/{charged["transaction_id"]}/settle";
        Assert.Contains($"action=\"{action}\"", await shop.Http.GetStringAsync("/"));

        using var response = await shop.Http.PostAsync(action, content: null);

        Assert.Contains("settlement", await response.Content.ReadAsStringAsync());
        Assert.Equal("settlement", (string?)Assert.Single(shop.Webhook.TakeAll()).Body["transaction_status"]);
    }

    [Fact]
    public async Task Reset_forgets_every_transaction_and_plan()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ChargeAsync(Shop.BcaCharge("order"));
        await shop.ControlAsync("next-charge", new() { ["mode"] = "http500" });

        await shop.ControlAsync("reset");

        Assert.Equal("404", (string?)(await shop.StatusAsync("order"))["status_code"]);
        Assert.Equal("201", (string?)(await shop.ChargeAsync(Shop.BcaCharge("order")))["status_code"]);
    }
}
