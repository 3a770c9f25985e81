using System.Globalization;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

/// <summary>The end of a period brings what was said of it before.</summary>
[Collection<SubscriptionsCollection>]
public sealed class RenewalTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task What_is_to_follow_a_period_that_was_to_be_the_last_follows_it()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("enterprise");
        await user.PutAsync($"v1/subscriptions/{id}/auto-renew", new { enabled = false });
        var preview = await user.PostAsync("v1/subscriptions/preview", new { subscriptionId = id, tier = "pro" });
        var scheduled = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro" });
        Assert.True((bool)scheduled["autoRenew"]!);

        await EndPeriodAsync(scheduled);
        await user.WaitForInvoicesAsync(2);
        Assert.Equal((29.99m, 29.99m), ((decimal)preview["total"]!["amount"]!, await SecondTotalAsync(user)));
    }

    [Fact]
    public async Task Without_renewal_nothing_is_to_follow()
    {
        var user = await desk.WelcomeAsync();
        var id = (string)(await user.SubscribeAsync("free"))["id"]!;
        var scheduled = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "periodEnd" });
        Assert.NotNull(scheduled["nextTierId"]);
        var ending = await user.PutAsync($"v1/subscriptions/{id}/auto-renew", new { enabled = false });

        Assert.Equal((false, null), ((bool)ending["autoRenew"]!, (string?)ending["nextTierId"]));
    }

    [Fact]
    public async Task The_next_period_is_previewed_with_the_tax_of_its_day()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("enterprise", currency: "IDR");
        var running = await user.GetAsync($"v1/subscriptions/{id}");
        await desk.ExecuteAsync(
            "insert into billing_management.tax_rates (currency, valid_from, rate, source) values ('IDR', @day, 0.12, 'test')",
            new { day = DateOnly.FromDateTime(EndOf(running).UtcDateTime) });
        try
        {
            var preview = await user.PostAsync("v1/subscriptions/preview", new { subscriptionId = id, tier = "pro" });
            await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro" });
            await EndPeriodAsync(running);
            await user.WaitForInvoicesAsync(2);

            Assert.Equal((536_480m, 536_480m), ((decimal)preview["total"]!["amount"]!, await SecondTotalAsync(user)));
        }
        finally
        {
            await desk.ExecuteAsync("delete from billing_management.tax_rates where source = 'test'");
        }
    }

    [Fact]
    public async Task Another_tier_holds_from_the_end_on_whether_the_timer_has_been_there_or_not()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("enterprise");
        var end = EndOf(await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "free" }));
        desk.Apps.Clock.MoveTo(end);

        Assert.False((bool)(await user.PostAsync("v1/usage/consume", new { feature = "predictions", quantity = 51 }))["allowed"]!);
        var entitlements = await user.GetAsync("v1/entitlements");
        Assert.Equal(("free", end), ((string?)entitlements["tier"], DateTimeOffset.Parse((string)entitlements["periodStart"]!)));
    }

    [Fact]
    public async Task Moves_that_the_timer_makes_at_once_are_told_one_after_the_other()
    {
        var administrator = await desk.WelcomeAsync("tiers:write");
        await administrator.PostAsync(
            "v1/tiers/starter/monthly",
            new
            {
                name = "Of our own",
                billing = "anniversary",
                trialDays = 14,
                prices = new Dictionary<string, decimal> { ["USD"] = 30 },
                features = new[] { "analytics" },
                limits = new { apiCallsPerDay = 10 },
            },
            expected: 201);
        var trials = new List<(Subscriber User, string Id)>();
        for (var count = 0; count < 4; count++)
        {
            var user = await desk.JoinAsync(administrator.Tenant);
            trials.Add((user, (string)(await user.SubscribeAsync("starter"))["id"]!));
        }

        // The end of the trial and two months after it.
        desk.Apps.Clock.Advance(TimeSpan.FromDays(80));
        await desk.RenewAsync();
        foreach (var (user, id) in trials)
        {
            JsonArray moves = [];
            // The app's own timer may be at it, too.
            await SubscriptionsDesk.WaitForAsync(
                async () => (moves = (await user.GetAsync($"v1/subscriptions/{id}/events"))["items"]!.AsArray()).Count >= 4,
                "Not all moves were made.");
            Assert.All(
                moves.Zip(moves.Skip(1)),
                pair => Assert.Equal((string?)pair.First!["toStatus"], (string?)pair.Second!["fromStatus"]));
        }
    }

    private static DateTimeOffset EndOf(JsonNode subscription) => DateTimeOffset.Parse((string)subscription["periodEnd"]!);

    private static async Task<decimal> SecondTotalAsync(Subscriber user) =>
        decimal.Parse((await user.InvoicesAsync())[1].Split(' ')[2], CultureInfo.InvariantCulture);

    private async Task EndPeriodAsync(JsonNode subscription)
    {
        desk.Apps.Clock.MoveTo(EndOf(subscription));
        await desk.RenewAsync();
    }
}
