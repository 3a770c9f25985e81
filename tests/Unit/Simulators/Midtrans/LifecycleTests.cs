using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class LifecycleTests(ShopFixture fixture) : IClassFixture<ShopFixture>
{
    readonly Shop _shop = fixture.Shop;

    [Fact]
    public async Task An_unknown_order_is_404() =>
        Assert.Equal("404", (string?)(await _shop.StatusAsync("nobody-charged-this"))["status_code"]);

    [Fact]
    public async Task A_transaction_is_found_by_its_own_id_too()
    {
        var charged = await _shop.ChargeAsync(Shop.BcaCharge("by-id"));

        Assert.Equal("by-id", (string?)(await _shop.StatusAsync((string)charged["transaction_id"]!))["order_id"]);
    }

    [Fact]
    public async Task Unpaid_in_time_it_expires_and_says_407_to_a_lookup_and_202_in_the_notification()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-22T20:00:00Z"));
        await using var shop = await Shop.OpenAsync(options => options with { Clock = clock });
        var charge = Shop.BcaCharge("late");
        charge["custom_expiry"] = JsonNode.Parse("""{"order_time":"2026-11-23 03:00:00 +0700","expiry_duration":2,"unit":"hour"}""");
        Assert.Equal("2026-11-23 05:00:00", (string?)(await shop.ChargeAsync(charge))["expiry_time"]);

        clock.Advance(TimeSpan.FromHours(2));

        // Nobody asks: the simulator notices by itself.
        var notice = await shop.Webhook.NextAsync();
        Assert.Equal(("202", "expire"), ((string?)notice.Body["status_code"], (string?)notice.Body["transaction_status"]));
        var status = await shop.StatusAsync("late");
        Assert.Equal(("407", "expire"), ((string?)status["status_code"], (string?)status["transaction_status"]));
    }

    [Theory]
    [InlineData("gopay", "{}", 15)]
    [InlineData("shopeepay", "{}", 15)]
    [InlineData("bank_transfer", """{"bank":"bca"}""", 24 * 60)]
    public async Task The_default_expiry_depends_on_the_method(string paymentType, string methodObject, int minutes)
    {
        var answer = await _shop.ChargeAsync(Shop.Charge(paymentType, $"expiry-{paymentType}", 10_000, methodObject));

        Assert.Equal(
            TimeSpan.FromMinutes(minutes),
            DateTime.Parse((string)answer["expiry_time"]!) - DateTime.Parse((string)answer["transaction_time"]!));
    }

    [Theory]
    [InlineData("expire", "407", "expire", "e-expire-407")]
    [InlineData("cancel", "200", "cancel", null)]
    public async Task Pending_can_be_ended_once(string call, string code, string status, string? published)
    {
        await _shop.ChargeAsync(Shop.BcaCharge($"end-{call}"));

        var ended = await _shop.PostAsync($"v2/end-{call}/{call}");

        Assert.Equal((code, status), ((string?)ended["status_code"], (string?)ended["transaction_status"]));
        if (published is not null)
            Assert.Empty(PublishedBodies.Body(published).Select(field => field.Key).Except(ended.Select(field => field.Key)));
        Assert.Equal("412", (string?)(await _shop.PostAsync($"v2/end-{call}/{call}"))["status_code"]);
    }

    [Fact]
    public async Task Settled_money_cannot_be_cancelled_or_expired()
    {
        await _shop.ChargeAsync(Shop.BcaCharge("settled"));
        await _shop.ControlAsync("transactions/settled/settle");

        Assert.Equal("412", (string?)(await _shop.PostAsync("v2/settled/cancel"))["status_code"]);
        Assert.Equal("412", (string?)(await _shop.PostAsync("v2/settled/expire"))["status_code"]);
    }

    [Theory]
    [InlineData("approve", "capture", "accept")]
    [InlineData("deny", "deny", "deny")]
    public async Task A_challenged_card_is_approved_or_denied(string call, string status, string fraud)
    {
        await _shop.ChargeAsync(Shop.Charge(
            "credit_card", $"challenge-{call}", 10_000, $$"""{"token_id":"{{await _shop.CardTokenAsync("4511111111111117")}}"}"""));

        var answer = await _shop.PostAsync($"v2/challenge-{call}/{call}");

        Assert.Equal(
            ("200", status, fraud),
            ((string?)answer["status_code"], (string?)answer["transaction_status"], (string?)answer["fraud_status"]));
        Assert.Equal("412", (string?)(await _shop.PostAsync($"v2/challenge-{call}/approve"))["status_code"]);
    }

    [Fact]
    public async Task A_published_body_that_is_injected_is_what_a_lookup_says()
    {
        foreach (var vector in PublishedBodies.Vectors.Where(vector => (string?)vector["kind"] == "notification"))
        {
            var published = vector["body"]!.AsObject();
            using var response = await _shop.Http.PostAsync("control/inject", Shop.Json(published));
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());

            var status = await _shop.StatusAsync((string)published["order_id"]!);

            string[] rewritten = ["status_code", "status_message", "signature_key", "merchant_id"];
            foreach (var (name, value) in published.Where(field => !rewritten.Contains(field.Key)))
                Assert.True(JsonNode.DeepEquals(value, status[name]), $"{vector["id"]}: {name} is {status[name]?.ToJsonString()}");
        }
    }
}
