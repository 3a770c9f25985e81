using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

/// <summary>A tenant's own tiers beside those of the platform.</summary>
[Collection<SubscriptionsCollection>]
public sealed class TierTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task Versions_of_a_tier_stay_with_its_product()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await user.PostAsync("v1/tiers/alerts/monthly", TierOf(0, product: "signals"), expected: 201);
        await user.SubscribeAsync("alerts");
        await user.PutAsync("v1/tiers/alerts/monthly", TierOf(0));

        var second = await user.PostAsync("v1/subscriptions", new { tier = "alerts", currency = "USD" }, expected: 409);
        Assert.Equal("SUBSCRIPTION_EXISTS", (string?)second["code"]);
        var moved = await user.PutAsync("v1/tiers/alerts/monthly", TierOf(0, product: "platform"), expected: 422);
        Assert.Equal("OTHER_PRODUCT", (string?)moved["code"]);
    }

    [Fact]
    public async Task Who_has_the_platforms_tier_may_change_to_the_tenants_of_that_code()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        var id = await user.BuyAsync("pro");
        await user.PostAsync("v1/tiers/pro/monthly", TierOf(19.99m), expected: 201);
        var preview = await user.PostAsync("v1/subscriptions/preview", new { subscriptionId = id, tier = "pro", when = "now" });
        var changed = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });

        Assert.Equal((2, 19.99m), (preview["lines"]!.AsArray().Count, (decimal)changed["price"]!["amount"]!));
        var again = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" }, expected: 409);
        Assert.Equal("SAME_TIER", (string?)again["code"]);
    }

    private static JsonObject TierOf(decimal price, string? product = null)
    {
        var tier = new JsonObject
        {
            ["name"] = "Of our own",
            ["billing"] = "anniversary",
            ["prices"] = new JsonObject { ["USD"] = price },
            ["features"] = new JsonArray("analytics"),
            ["limits"] = new JsonObject { ["apiCallsPerDay"] = 10 },
        };
        if (product is not null)
            tier["product"] = product;
        return tier;
    }
}
