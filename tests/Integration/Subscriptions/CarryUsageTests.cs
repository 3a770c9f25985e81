using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class CarryUsageTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task Beginning_anew_gives_nothing_back_of_what_costs_nothing()
    {
        var user = await desk.WelcomeAsync();
        await user.SubscribeAsync("free");
        await ConsumeAsync(user, "predictions", quantity: 50);
        await ConsumeAsync(user, "apiCalls");
        var id = (string)(await user.GetAsync("v1/subscriptions"))["items"]![0]!["id"]!;

        await user.PostAsync($"v1/subscriptions/{id}/pause", new { });
        await user.PostAsync($"v1/subscriptions/{id}/resume", new { });
        Assert.False((bool)(await ConsumeAsync(user, "predictions"))["allowed"]!);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        await user.SubscribeAsync("free");
        Assert.False((bool)(await ConsumeAsync(user, "predictions"))["allowed"]!);
        Assert.Equal(2, (int)(await ConsumeAsync(user, "apiCalls"))["used"]!);
    }

    [Fact]
    public async Task A_smaller_quota_is_told_of_though_nothing_is_granted_any_more()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await ConsumeAsync(user, "predictions", quantity: 60);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "free", when = "now" });
        await desk.RunTimerAsync("SweepUsage");
        await WaitUntilToldAsync(user, 80, 90, 100);

        Assert.False((bool)(await ConsumeAsync(user, "predictions"))["allowed"]!);
    }

    [Fact]
    public async Task Changing_the_cycle_there_and_back_gives_nothing_back_that_is_used()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro", cycle: "yearly");
        await ConsumeAsync(user, "predictions", quantity: 900);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });
        Assert.False((bool)(await ConsumeAsync(user, "predictions", quantity: 101))["allowed"]!);
        Assert.True((bool)(await ConsumeAsync(user, "predictions", quantity: 100))["allowed"]!);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", cycle = "yearly", when = "now" });
        Assert.False((bool)(await ConsumeAsync(user, "predictions"))["allowed"]!);

        // Nor does another subscription in its place.
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        var other = Guid.Parse((string)(await user.SubscribeAsync("pro", trial: false))["id"]!);
        Assert.Equal([1000], await UsedAsync(other));
    }

    [Fact]
    public async Task What_was_used_within_the_days_that_have_passed_does_not_go_along()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await ConsumeAsync(user, "predictions", quantity: 900);
        // Half of the thirty days are over, in which half of the thousand could be used.
        await desk.ExecuteAsync(
            """
            update subscription_management.quota_counters
            set window_start = @now - interval '15 days', window_end = @now + interval '15 days' where tenant_id = @Tenant
            """,
            new { user.Tenant, now = desk.Now });
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", cycle = "yearly" });

        Assert.Equal(401, (int)(await ConsumeAsync(user, "predictions"))["used"]!);
    }

    [Fact]
    public async Task What_was_used_of_a_paid_period_is_not_used_of_the_free_one_after_it()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro", cycle: "yearly");
        await ConsumeAsync(user, "predictions", quantity: 900);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "free", when = "now" });

        Assert.Equal(1, (int)(await ConsumeAsync(user, "predictions"))["used"]!);
    }

    [Fact]
    public async Task Of_a_month_only_what_was_used_today_is_used_of_the_day_in_its_place()
    {
        var admin = await desk.WelcomeAsync("tiers:write");
        await admin.PostAsync("v1/tiers/by-month/monthly", TierOf("predictionsPerMonth", 1000), expected: 201);
        await admin.PostAsync("v1/tiers/by-day/monthly", TierOf("predictionsPerDay", 200), expected: 201);
        var earlier = await UseAndChangeAsync(admin, 400, daysAgo: 10);
        var today = await UseAndChangeAsync(admin, 150, daysAgo: 0);

        Assert.Equal((true, 1), Answer(await ConsumeAsync(earlier, "predictions")));
        Assert.Equal((false, 150), Answer(await ConsumeAsync(today, "predictions", quantity: 51)));
        Assert.Equal((true, 200), Answer(await ConsumeAsync(today, "predictions", quantity: 50)));
    }

    [Fact]
    public async Task What_goes_along_into_a_smaller_quota_is_told_of_if_it_was_not_before()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await ConsumeAsync(user, "apiCalls", quantity: 5000);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        var free = (string)(await user.SubscribeAsync("free"))["id"]!;
        await desk.RunTimerAsync("SweepUsage");
        await WaitUntilToldAsync(user, 80, 90, 100);

        // By now it was.
        await user.PostAsync($"v1/subscriptions/{free}/cancel", new { when = "now" });
        await user.SubscribeAsync("free");
        Assert.Empty(await desk.QueryAsync<long>(
            "select used from subscription_management.quota_counters where tenant_id = @Tenant and reached > published", new { user.Tenant }));
    }

    // Somebody who has used that much of the tier by month, whose month began so many days ago, and changes to the one by day.
    private async Task<Subscriber> UseAndChangeAsync(Subscriber admin, int quantity, int daysAgo)
    {
        var user = await desk.JoinAsync(admin.Tenant);
        var id = Guid.Parse((string)(await user.SubscribeAsync("by-month"))["id"]!);
        await ConsumeAsync(user, "predictions", quantity);
        await desk.ExecuteAsync(
            "update subscription_management.quota_counters set window_start = window_start - @daysAgo * interval '1 day' where subscription_id = @id",
            new { id, daysAgo });
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "by-day", when = "now" });
        return user;
    }

    private static JsonObject TierOf(string limit, int most) => new()
    {
        ["name"] = "Of our own",
        ["prices"] = new JsonObject { ["USD"] = 0 },
        ["features"] = new JsonArray("analytics"),
        ["limits"] = new JsonObject { [limit] = most },
    };

    private static Task<JsonNode> ConsumeAsync(Subscriber user, string feature, int quantity = 1) =>
        user.PostAsync("v1/usage/consume", new { feature, quantity });

    private static (bool Allowed, int Used) Answer(JsonNode answer) => ((bool)answer["allowed"]!, (int)answer["used"]!);

    private Task<IReadOnlyList<long>> UsedAsync(Guid subscription) => desk.QueryAsync<long>(
        "select used from subscription_management.quota_counters where subscription_id = @subscription", new { subscription });

    private Task WaitUntilToldAsync(Subscriber user, params int[] percentages) => SubscriptionsDesk.WaitForAsync(
        async () => (await desk.ToldAsync(user.User, "UsageThresholdReached"))
            .Select(told => (int)told["percentage"]!).Order().SequenceEqual(percentages),
        $"It was not told once each of {string.Join(", ", percentages)} %.");
}
