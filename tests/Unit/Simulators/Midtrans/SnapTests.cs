using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class SnapTests(ShopFixture fixture) : IClassFixture<ShopFixture>
{
    readonly Shop _shop = fixture.Shop;

    [Fact]
    public async Task Dana_exists_once_the_payer_has_picked_it_and_is_known_by_its_transaction_id()
    {
        await CreateAsync("dana-1");
        Assert.Equal("404", (string?)(await _shop.StatusAsync("dana-1"))["status_code"]);

        await _shop.ControlAsync("snap/dana-1/pick", new() { ["method"] = "dana" });
        await _shop.ControlAsync("transactions/dana-1/settle");
        var notice = (await _shop.Webhook.NextAsync()).Body;
        var id = (string)notice["transaction_id"]!;
        Assert.Equal(("dana", "settlement"), ((string?)notice["payment_type"], (string?)notice["transaction_status"]));

        Assert.Equal("404", (string?)(await _shop.StatusAsync("dana-1"))["status_code"]);
        var status = await SnapAsync(HttpMethod.Get, $"v2/{id}/status");
        Assert.Empty(PublishedBodies.Body("s-dana-settlement").Select(field => field.Key).Except(status.Select(field => field.Key)));

        var refund = await SnapAsync(HttpMethod.Post, $"v2/{id}/refund");
        Assert.Equal(("refund", id), ((string?)refund["transaction_status"], (string?)refund["order_id"]));
        var published = PublishedBodies.Body("s-dana-refund-order-id-is-transaction-id");
        Assert.Empty(published.Select(field => field.Key).Except(refund.Select(field => field.Key)));
    }

    [Fact]
    public async Task A_page_is_created_with_201_and_offers_what_was_enabled()
    {
        using var response = await CreateAsync("page");
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var page = await _shop.Http.GetStringAsync((string)body["redirect_url"]!);
        Assert.Contains("dana", page);
        Assert.DoesNotContain("shopeepay", page);
    }

    [Fact]
    public async Task Mistakes_are_http_errors_with_a_list_of_messages()
    {
        using var invalid = await CreateAsync("a b");
        Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);
        Assert.NotEmpty(JsonNode.Parse(await invalid.Content.ReadAsStringAsync())!["error_messages"]!.AsArray());

        using var request = new HttpRequestMessage(HttpMethod.Post, "snap/v1/transactions") { Content = Shop.Json(new JsonObject()) };
        request.Headers.Authorization = Shop.Basic("nobody");
        using var unauthorized = await _shop.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
    }

    [Fact]
    public async Task A_cancelled_page_cannot_be_used()
    {
        using var response = await CreateAsync("cancelled");
        var token = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["token"]!;
        await _shop.PostAsync($"snap/v1/transactions/{token}/cancel");

        using var pick = await _shop.Http.PostAsync($"control/snap/{token}/pick", Shop.Json(new JsonObject { ["method"] = "dana" }));

        Assert.Equal(HttpStatusCode.NotFound, pick.StatusCode);
    }

    Task<HttpResponseMessage> CreateAsync(string orderId) => _shop.Http.PostAsync("snap/v1/transactions", Shop.Json(new JsonObject
    {
        ["transaction_details"] = new JsonObject { ["order_id"] = orderId, ["gross_amount"] = 20_000 },
        ["enabled_payments"] = new JsonArray("dana", "gopay")
    }));

    async Task<JsonObject> SnapAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("transaction-source", "SNAP_API");
        if (method == HttpMethod.Post)
            request.Content = Shop.Json(new JsonObject { ["refund_key"] = "dana-refund", ["amount"] = 20_000 });
        using var response = await _shop.Http.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
    }
}
