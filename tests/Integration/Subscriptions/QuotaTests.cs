using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class QuotaTests(SubscriptionsDesk desk)
{
    private const string Thresholds = """
        select count(distinct message_id) from local_broker.messages
        where path = 'business-events/notifications' and body like '%UsageThresholdReached%' and body like @part and body like @percentage
        """;

    [Fact]
    public async Task Of_150_calls_at_once_on_a_limit_of_100_exactly_100_pass()
    {
        var user = await SubscribedAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => ConsumeAsync(user.Client)));

        Assert.Equal(100, answers.Count(answer => (bool)answer["allowed"]!));
        Assert.All(answers.Where(answer => !(bool)answer["allowed"]!), answer => Assert.Equal("QUOTA_EXCEEDED", (string?)answer["reason"]));
        Assert.Equal((100, 100), await RecordedAsync(user));
    }

    [Fact]
    public async Task Two_processes_let_exactly_the_limit_pass_while_Redis_restarts()
    {
        var user = await SubscribedAsync();
        using var here = desk.AsService(user.Tenant);
        using var there = desk.AsService(user.Tenant, ofTwin: true);
        var passed = 0;
        var started = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 200).Select(async caller =>
        {
            for (var call = 0; call < 3; call++)
            {
                var answer = await ConsumeAsync(caller % 2 == 0 ? here : there, user.User);
                if ((bool)answer["allowed"]! && Interlocked.Increment(ref passed) == 30)
                    started.SetResult();
            }
        }).ToList();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await desk.Redis.StopAsync();
        try
        {
            await Task.Delay(200);
        }
        finally
        {
            await desk.StartRedisAsync();
        }

        await Task.WhenAll(callers);
        Assert.Equal(100, passed);
        Assert.Equal((100, 100), await RecordedAsync(user));
    }

    [Fact]
    public async Task A_lost_gate_is_filled_from_the_record()
    {
        var user = await SubscribedAsync();
        for (var call = 0; call < 60; call++)
            await ConsumeAsync(user.Client);
        using var client = desk.AsService(user.Tenant);
        await desk.Redis.StopAsync();
        try
        {
            // Without Redis the record decides, and it does not say yes to everything.
            var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => ConsumeAsync(client, user.User)));
            Assert.Equal(40, answers.Count(answer => (bool)answer["allowed"]!));
        }
        finally
        {
            await desk.StartRedisAsync();
        }

        Assert.False((bool)(await ConsumeAsync(client, user.User))["allowed"]!);
        Assert.Equal((100, 100), await RecordedAsync(user));
    }

    [Fact]
    public async Task Smaller_ones_pass_behind_one_that_does_not_fit()
    {
        var user = await SubscribedAsync();
        Assert.True((bool)(await ConsumeAsync(user.Client, quantity: 95))["allowed"]!);
        var answers = await Task.WhenAll(new[] { 9, 2, 9, 3, 9 }.Select(quantity => ConsumeAsync(user.Client, quantity: quantity)));

        Assert.Equal([false, true, false, true, false], answers.Select(answer => (bool)answer["allowed"]!));
        Assert.Equal((100, 100), await RecordedAsync(user));
    }

    [Fact]
    public async Task A_check_tells_what_is_left_and_counts_nothing()
    {
        var user = await SubscribedAsync();
        await ConsumeAsync(user.Client, quantity: 40);
        var check = await user.PostAsync("v1/usage/check", new { feature = "apiCalls", quantity = 60 });
        var tomorrow = new DateTimeOffset(desk.Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        Assert.Equal(
            (true, 100, 40, 60, tomorrow),
            ((bool)check["allowed"]!, (int)check["limit"]!, (int)check["used"]!, (int)check["remaining"]!, DateTimeOffset.Parse((string)check["resetsAt"]!)));
        Assert.False((bool)(await user.PostAsync("v1/usage/check", new { feature = "apiCalls", quantity = 61 }))["allowed"]!);
        Assert.Equal((40, 40), await RecordedAsync(user));
    }

    [Fact]
    public async Task Reported_usage_counts_against_the_quota_too()
    {
        var user = await SubscribedAsync();
        await ConsumeAsync(user.Client);
        await user.PostAsync("v1/usage", new
        {
            events = new[] { new { id = Guid.CreateVersion7(), userId = user.User, feature = "apiCalls", quantity = 99, timestamp = desk.Now } },
        });

        Assert.False((bool)(await ConsumeAsync(user.Client))["allowed"]!);
    }

    [Fact]
    public async Task Unlimited_is_counted_and_never_refused()
    {
        var user = await desk.WelcomeAsync();
        await user.BuyAsync("enterprise");
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => ConsumeAsync(user.Client)));
        var last = await ConsumeAsync(user.Client, quantity: 100_000);

        Assert.Equal((true, -1, null), ((bool)last["allowed"]!, (int)last["limit"]!, (long?)last["remaining"]));
        Assert.Equal((100_120, 100_120), await RecordedAsync(user));
    }

    [Fact]
    public async Task A_check_knows_what_was_used_without_a_limit_also_when_there_is_one_again()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("enterprise");
        Assert.Equal(0, (int)(await user.PostAsync("v1/usage/check", new { feature = "apiCalls" }))["used"]!);
        await ConsumeAsync(user.Client, quantity: 20_000);
        Assert.Equal(20_000, (int)(await user.PostAsync("v1/usage/check", new { feature = "apiCalls" }))["used"]!);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });

        Assert.False((bool)(await user.PostAsync("v1/usage/check", new { feature = "apiCalls" }))["allowed"]!);
    }

    [Fact]
    public async Task What_the_tier_does_not_include_is_refused_and_what_it_does_is_not_counted()
    {
        var user = await SubscribedAsync();

        Assert.Equal("NOT_INCLUDED", (string?)(await user.PostAsync("v1/usage/consume", new { feature = "custom_models" }))["reason"]);
        Assert.True((bool)(await user.PostAsync("v1/usage/consume", new { feature = "basic_predictions" }))["allowed"]!);
        var stranger = await desk.WelcomeAsync();
        Assert.Equal("NO_SUBSCRIPTION", (string?)(await ConsumeAsync(stranger.Client))["reason"]);
        await stranger.PostAsync("v1/usage/consume", new { feature = "apiCalls", userId = user.User }, expected: 403);
    }

    [Fact]
    public async Task The_day_begins_anew_at_midnight_UTC()
    {
        var user = await SubscribedAsync();
        await ConsumeAsync(user.Client, quantity: 100);
        var midnight = new DateTimeOffset(desk.Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        if (desk.Now < midnight.AddSeconds(-2))
            desk.Apps.Clock.MoveTo(midnight.AddSeconds(-2));
        Assert.False((bool)(await user.PostAsync("v1/usage/check", new { feature = "apiCalls" }))["allowed"]!);
        desk.Apps.Clock.MoveTo(midnight);

        var first = await ConsumeAsync(user.Client);
        Assert.Equal((true, 1), ((bool)first["allowed"]!, (int)first["used"]!));
    }

    [Fact]
    public async Task What_is_changed_is_seen_at_once_where_it_was_changed()
    {
        var user = await SubscribedAsync();
        await ConsumeAsync(user.Client);
        var id = (string)(await user.GetAsync("v1/subscriptions"))["items"]![0]!["id"]!;
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro" });

        Assert.Equal("pro", (string?)(await user.GetAsync("v1/entitlements"))["tier"]);
        Assert.NotEqual(100, (int)(await ConsumeAsync(user.Client))["limit"]!);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        Assert.False((bool)(await ConsumeAsync(user.Client))["allowed"]!);
    }

    [Fact]
    public async Task An_event_that_comes_early_counts_for_the_day_it_belongs_to()
    {
        var user = await SubscribedAsync();
        var midnight = new DateTimeOffset(desk.Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        if (desk.Now < midnight.AddMinutes(-2))
            desk.Apps.Clock.MoveTo(midnight.AddMinutes(-2));
        await user.PostAsync("v1/usage", new
        {
            events = new[] { new { id = Guid.CreateVersion7(), userId = user.User, feature = "apiCalls", quantity = 100, timestamp = midnight.AddSeconds(30) } },
        });
        desk.Apps.Clock.MoveTo(midnight);

        Assert.False((bool)(await ConsumeAsync(user.Client))["allowed"]!);
    }

    [Fact]
    public async Task What_does_not_renew_ends_to_the_moment_and_what_renews_goes_on_before_the_timer_was_there()
    {
        var ends = await SubscribedAsync();
        var renews = await SubscribedAsync();
        var id = (string)(await ends.GetAsync("v1/subscriptions"))["items"]![0]!["id"]!;
        var end = DateTimeOffset.Parse((string)(await ends.PostAsync($"v1/subscriptions/{id}/cancel", new { }))["periodEnd"]!);
        await ConsumeAsync(renews.Client, feature: "predictions", quantity: 50);
        Assert.True((bool)(await ConsumeAsync(ends.Client))["allowed"]!);
        var other = DateTimeOffset.Parse((string)(await renews.GetAsync("v1/entitlements"))["periodEnd"]!);
        desk.Apps.Clock.MoveTo(end > other ? end : other);

        Assert.False((bool)(await ConsumeAsync(ends.Client))["allowed"]!);
        Assert.True((bool)(await ConsumeAsync(renews.Client, feature: "predictions", quantity: 50))["allowed"]!);
        Assert.False((bool)(await ConsumeAsync(renews.Client, feature: "predictions"))["allowed"]!);
    }

    [Fact]
    public async Task Each_threshold_is_told_once()
    {
        var user = await SubscribedAsync();
        await Task.WhenAll(Enumerable.Range(0, 89).Select(_ => ConsumeAsync(user.Client)));
        await WaitForThresholdsAsync(user, (80, 1), (90, 0), (100, 0));
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ConsumeAsync(user.Client)));
        await WaitForThresholdsAsync(user, (80, 1), (90, 1), (100, 1));

        // Told by the sweep, had the process died before it told it.
        var late = await SubscribedAsync();
        await ConsumeAsync(late.Client, quantity: 85);
        await WaitForThresholdsAsync(late, (80, 1));
        await desk.ExecuteAsync("update subscription_management.quota_counters set reached = 90 where tenant_id = @Tenant", new { late.Tenant });
        await desk.RunTimerAsync("SweepUsage");
        await WaitForThresholdsAsync(late, (80, 1), (90, 1), (100, 0));
    }

    [Fact]
    public async Task What_was_counted_is_answered_also_when_its_threshold_cannot_be_told_now()
    {
        var user = await SubscribedAsync();
        await desk.ExecuteAsync("alter table subscription_management.outbox add constraint broken check (subject <> 'UsageThresholdReached') not valid");
        try
        {
            Assert.True((bool)(await ConsumeAsync(user.Client, quantity: 80))["allowed"]!);
            await user.PostAsync("v1/usage", new
            {
                events = new[] { new { id = Guid.CreateVersion7(), userId = user.User, feature = "apiCalls", quantity = 10, timestamp = desk.Now } },
            });
        }
        finally
        {
            await desk.ExecuteAsync("alter table subscription_management.outbox drop constraint broken");
        }

        await desk.RunTimerAsync("SweepUsage");
        await WaitForThresholdsAsync(user, (80, 1), (90, 1), (100, 0));
        Assert.Equal((90, 90), await RecordedAsync(user));
    }

    [Fact]
    public async Task Another_quota_in_the_same_period_is_told_of_anew()
    {
        var user = await SubscribedAsync();
        var id = (string)(await user.GetAsync("v1/subscriptions"))["items"]![0]!["id"]!;
        await ConsumeAsync(user.Client, feature: "predictions", quantity: 50);
        await WaitForThresholdsAsync(user, (80, 1), (90, 1), (100, 1));
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro" });
        await ConsumeAsync(user.Client, feature: "predictions", quantity: 700);
        await user.PostAsync("v1/usage", new
        {
            events = new[] { new { id = Guid.CreateVersion7(), userId = user.User, feature = "predictions", quantity = 60, timestamp = desk.Now } },
        });

        // 810 of 1000.
        await WaitForThresholdsAsync(user, (80, 2), (90, 1), (100, 1));
    }

    [Fact]
    public async Task Entitlements_tell_features_limits_and_what_is_left()
    {
        var user = await SubscribedAsync();
        await ConsumeAsync(user.Client, feature: "predictions", quantity: 20);
        var entitlements = await user.GetAsync("v1/entitlements");
        var limits = entitlements["limits"]!.AsArray().ToDictionary(limit => (string)limit!["name"]!);

        Assert.Equal(["basic_predictions", "limited_api_calls"], entitlements["features"]!.AsArray().Select(feature => (string?)feature));
        Assert.Equal((50, 20, 30), (
            (int)limits["predictionsPerMonth"]!["limit"]!, (int)limits["predictionsPerMonth"]!["used"]!, (int)limits["predictionsPerMonth"]!["remaining"]!));
        Assert.Equal(entitlements["periodEnd"]!.ToString(), limits["predictionsPerMonth"]!["resetsAt"]!.ToString());
        Assert.Equal(0, (int)limits["apiCallsPerDay"]!["used"]!);
        Assert.Null((await (await desk.WelcomeAsync()).GetAsync("v1/entitlements"))["subscriptionId"]);
    }

    private async Task<Subscriber> SubscribedAsync()
    {
        var user = await desk.WelcomeAsync("usage:write");
        await user.SubscribeAsync("free");
        return user;
    }

    private static async Task<JsonNode> ConsumeAsync(HttpClient client, Guid? user = null, string feature = "apiCalls", int quantity = 1)
    {
        using var answer = await client.PostAsJsonAsync("v1/usage/consume", new { feature, quantity, userId = user });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>What the counters and the daily sums hold.</summary>
    private async Task<(long Counted, long Tracked)> RecordedAsync(Subscriber user) => (await desk.QueryAsync<(long, long)>(
        """
        select (select sum(used)::bigint from subscription_management.quota_counters where tenant_id = @Tenant),
            (select sum(usage_count)::bigint from subscription_management.usage_tracking where tenant_id = @Tenant)
        """,
        new { user.Tenant }))[0];

    private async Task WaitForThresholdsAsync(Subscriber user, params (int Percentage, long Count)[] expected)
    {
        foreach (var (percentage, count) in expected)
            await SubscriptionsDesk.WaitForAsync(
                async () => (await desk.QueryAsync<long>(
                    Thresholds, new { part = $"%{user.User}%", percentage = $"%\"percentage\":{percentage},%" }))[0] == count,
                $"{percentage} % was not told {count} times.");
    }
}
