using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class AnalyticsTests(SubscriptionsDesk desk)
{
    private static readonly string[] Rights = ["usage:write", "analytics:read", "analytics:write"];

    [Fact]
    public async Task Usage_arrives_once_and_is_reported_by_feature_user_and_day()
    {
        var user = await desk.WelcomeAsync(Rights);
        await user.SubscribeAsync("free");
        var other = await desk.JoinAsync(user.Tenant);
        await other.SubscribeAsync("free");
        var events = Enumerable.Range(0, 100).Select(number => Event(number < 80 ? user : other, durationMs: number + 1, success: number % 10 != 0)).ToArray();
        await user.PostAsync("v1/usage", new { events });
        await user.PostAsync("v1/usage", new { events });
        await user.PostAsync("v1/usage/consume", new { feature = "predictions", quantity = 7 });

        await WaitForEventsAsync(user, 101);
        var byFeature = Rows(await user.GetAsync("v1/analytics/usage"));
        Assert.Equal(["apiCalls 100 100 10 0.1", "predictions 1 7 0 0"], byFeature.Select(Figures));
        Assert.InRange((double)byFeature[0]["p95DurationMs"]!, 94, 97);
        Assert.Equal(
            [$"{user.User} 80 80", $"{other.User} 20 20"],
            Rows(await user.GetAsync("v1/analytics/top-users?feature=apiCalls")).Select(row => $"{row["key"]} {row["events"]} {row["quantity"]}"));
        Assert.Equal($"{desk.Now:yyyy-MM-dd}", (string?)Rows(await user.GetAsync("v1/analytics/usage?by=day"))[0]["key"]);
    }

    [Fact]
    public async Task How_a_consumed_use_went_is_no_second_use()
    {
        var user = await desk.WelcomeAsync(Rights);
        await user.SubscribeAsync("free");
        await user.PostAsync("v1/usage/consume", new { feature = "predictions", quantity = 1 });
        await user.PostAsync("v1/usage/consume", new { feature = "predictions", quantity = 1 });
        await user.PostAsync("v1/usage", new
        {
            events = new[] { new { id = Guid.CreateVersion7(), userId = user.User, feature = "predictions", quantity = 0, timestamp = desk.Now, success = false } },
        });

        await SubscriptionsDesk.WaitForAsync(
            async () => Rows(await user.GetAsync("v1/analytics/usage")).Select(Figures).SequenceEqual(["predictions 2 2 1 0.5"]),
            "The failure is not half of the two uses.");
    }

    [Fact]
    public async Task Without_ClickHouse_nothing_waits_and_nothing_is_lost_or_doubled()
    {
        var user = await desk.WelcomeAsync(Rights);
        await user.SubscribeAsync("free");
        await desk.ClickHouse.StopAsync();
        try
        {
            for (var batch = 0; batch < 5; batch++)
                await user.PostAsync("v1/usage", new { events = Enumerable.Range(0, 50).Select(_ => Event(user)) });
            using var report = await user.Client.GetAsync("v1/analytics/usage");
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, report.StatusCode);
            Assert.NotNull(report.Headers.RetryAfter);
        }
        finally
        {
            desk.ClickHouse.Start();
        }

        await WaitForEventsAsync(user, 250);
        Assert.Equal(0, await BufferedAsync(user));
    }

    [Fact]
    public async Task An_export_holds_a_persons_usage_by_day_and_feature_page_after_page_and_says_when_it_is_missing()
    {
        var user = await desk.WelcomeAsync(Rights);
        var subscription = (string)(await user.SubscribeAsync("free"))["id"]!;
        var other = await desk.JoinAsync(user.Tenant);
        await other.SubscribeAsync("free");
        await user.PostAsync("v1/usage", new { events = new[] { Event(user, durationMs: 5), Event(user, durationMs: 7, success: false), Event(other) } });
        await WaitForEventsAsync(user, 3);
        var days = Enumerable.Range(1, 600).Select(day => desk.Now.AddDays(-day)).Reverse().ToList();
        await BufferAsync(user, [.. days.Select(_ => "2")], at: place => days[place]);
        await WaitUntilSentAsync(user);

        var first = await ExportAsync(user);
        var second = await ExportAsync(user, (string?)first["next"]);
        Assert.Equal(500, Usage(first).Count);
        Assert.Null(second["next"]);
        var rows = Usage(first).Concat(Usage(second)).ToList();
        Assert.Equal(days.Append(desk.Now).Select(day => $"{day:yyyy-MM-dd}"), rows.Select(row => (string?)row["day"]));
        Assert.Equal(
            $$"""{"day":"{{desk.Now:yyyy-MM-dd}}","feature":"apiCalls","subscriptionId":"{{subscription}}","events":2,"quantity":2,"errors":1,"errorCodes":["TIMEOUT"],"durationMs":12,"responseBytes":200}""",
            rows[^1].ToJsonString());

        await desk.ClickHouse.StopAsync();
        try
        {
            var without = await ExportAsync(user);
            Assert.Equal("missing", Assert.Single(Assert.Single(Usage(without)).AsObject()).Key);
            Assert.Contains(without["items"]!.AsArray(), row => (string?)row!["source"] == "subscriptions");
        }
        finally
        {
            desk.ClickHouse.Start();
        }
    }

    [Fact]
    public async Task A_batch_that_ClickHouse_took_before_the_process_died_is_not_doubled()
    {
        var user = await desk.WelcomeAsync(Rights);
        await user.SubscribeAsync("free");
        await user.PostAsync("v1/usage", new { events = Enumerable.Range(0, 50).Select(_ => Event(user)) });
        await WaitForEventsAsync(user, 50);
        // The second time as if the process had died between the insert and the delete: the batch is there again under its id.
        var batch = Guid.NewGuid();
        var line = $"[{desk.Now.ToUnixTimeSeconds()},\"{user.User}\",\"{user.Tenant}\",\"x\",\"apiCalls\",1,1,1,true,\"\"]";
        for (var time = 0; time < 2; time++)
        {
            await desk.ExecuteAsync(
                """
                insert into subscription_management.analytics_buffer (tenant_id, target, lines, line_count, batch_id, created_at)
                values (@Tenant, 'usage_analytics', array[@line], 1, @batch, now())
                """,
                new { user.Tenant, line, batch });
            await SubscriptionsDesk.WaitForAsync(async () => await BufferedAsync(user) == 0, "The batch was not sent.");
        }

        await WaitForEventsAsync(user, 51);
    }

    [Fact]
    public async Task Metrics_tell_who_came_and_went_and_what_it_brought_in()
    {
        var admin = await desk.WelcomeAsync(Rights);
        var upgraded = await desk.JoinAsync(admin.Tenant);
        var id = await upgraded.BuyAsync("pro");
        await upgraded.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await upgraded.PayAllAsync(invoices: 2);
        var gone = await desk.JoinAsync(admin.Tenant);
        var cancelled = await gone.BuyAsync("pro", currency: "IDR");
        await gone.PostAsync($"v1/subscriptions/{cancelled}/cancel", new { when = "now" });
        await WaitUntilSentAsync(admin);

        var summary = Rows(await admin.GetAsync("v1/analytics/summary"))[0];
        Assert.Equal(
            (1, 2, 1, 1, 99.99m, 1199.88m),
            ((int)summary["closingTotal"]!, (int)summary["new"]!, (int)summary["cancelled"]!, (int)summary["upgrades"]!, (decimal)summary["mrrUsd"]!,
                (decimal)summary["arrUsd"]!));
        // 99.99 for the upgraded one, and of the other the one day that he had.
        Assert.InRange((decimal)summary["revenueUsd"]!, 99.99m + 0.9m, 99.99m + 1.1m);
        var cohort = Rows(await admin.GetAsync("v1/analytics/cohorts"))[^1];
        Assert.Equal((2, 1, 0.5m), ((int)cohort["started"]!, (int)cohort["remaining"]!, (decimal)cohort["retention"]!));
    }

    [Fact]
    public async Task Money_that_the_bank_takes_back_is_missing_where_it_was_earned()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.PayAllAsync(invoices: 2);
        await WaitForRevenueAsync(user, "enterprise 70.00", "pro 29.99");
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            "select id, charge_id from billing_management.invoices where tenant_id = @Tenant order by id limit 1", new { user.Tenant })).Single();
        var price = new Money(29.99m, Currency.Usd);
        await desk.TellAsync(user.Tenant, new InvoiceReopened(invoice, "INV", user.User, Guid.Parse(id), price, charge, Reopenings: 1));
        await WaitForRevenueAsync(user, "enterprise 70.00", "pro 0.00");
        await desk.TellAsync(user.Tenant, new InvoicePaid(
            invoice, "INV", user.User, Guid.Parse(id), Guid.CreateVersion7(), price, desk.Now, charge, Reopenings: 1));

        await WaitForRevenueAsync(user, "enterprise 70.00", "pro 29.99");
    }

    [Fact]
    public async Task A_rebuild_gives_the_same_answer_however_often_it_runs()
    {
        var admin = await desk.WelcomeAsync(Rights);
        await TradeAsync(admin);
        await WaitUntilSentAsync(admin);
        var before = await ReportsAsync(admin);
        var range = new { from = $"{desk.Now.AddDays(-60):yyyy-MM-dd}", to = $"{desk.Now:yyyy-MM-dd}" };

        for (var time = 0; time < 2; time++)
        {
            Assert.True((bool)(await admin.PostAsync("v1/analytics/rebuild", range))["applied"]!);
            Assert.Equal(before, await ReportsAsync(admin));
        }

        // With changes that have not been sent yet, and ClickHouse away when it is asked for.
        await desk.ClickHouse.StopAsync();
        try
        {
            await TradeAsync(admin);
            Assert.False((bool)(await admin.PostAsync("v1/analytics/rebuild", range))["applied"]!);
            await TradeAsync(admin);
        }
        finally
        {
            desk.ClickHouse.Start();
        }

        await WaitUntilSentAsync(admin);
        var incremental = await ReportsAsync(admin);
        Assert.NotEqual(before, incremental);
        await admin.PostAsync("v1/analytics/rebuild", range);
        Assert.Equal(incremental, await ReportsAsync(admin));
        Assert.Equal(3, (int)Rows(await admin.GetAsync("v1/analytics/summary"))[0]["closingTotal"]!);
    }

    [Fact]
    public async Task A_rebuild_says_so_when_what_is_being_sent_does_not_arrive()
    {
        var admin = await desk.WelcomeAsync(Rights);
        await admin.SubscribeAsync("free");
        var range = new { from = $"{desk.Now:yyyy-MM-dd}", to = $"{desk.Now:yyyy-MM-dd}" };
        var refusal = await desk.WhileFeedIsHeldAsync(() => admin.PostAsync("v1/analytics/rebuild", range, expected: 503));

        Assert.Equal("ANALYTICS_UNAVAILABLE", (string?)refusal["code"]);
        Assert.True((bool)(await admin.PostAsync("v1/analytics/rebuild", range))["applied"]!);
    }

    [Fact]
    public async Task What_ClickHouse_refuses_is_parked_and_all_else_arrives()
    {
        var admin = await desk.WelcomeAsync(Rights);
        await admin.SubscribeAsync("free");
        await (await desk.JoinAsync(admin.Tenant)).SubscribeAsync("free");
        await WaitUntilSentAsync(admin);
        var before = await ReportsAsync(admin);
        // A sum that is too large for its column, and a use whose number is none, among good ones.
        const string enlarge = "update subscription_management.subscription_deltas set mrr_usd = @mrr where tenant_id = @Tenant";
        await desk.ExecuteAsync(enlarge, new { admin.Tenant, mrr = 9_999_999_999_999_999.99m });
        var range = new { from = $"{desk.Now:yyyy-MM-dd}", to = $"{desk.Now:yyyy-MM-dd}" };
        await admin.PostAsync("v1/analytics/rebuild", range);
        await BufferAsync(admin, ["1", "2", "\"many\"", "3"]);
        await admin.PostAsync("v1/usage", new { events = new[] { Event(admin) } });

        await WaitForEventsAsync(admin, 4);
        await WaitUntilSentAsync(admin);
        Assert.Equal(["subscription_metrics", "usage_analytics"], await ParkedAsync(admin));

        // Computed anew from what is right by then, nothing of those days is parked any more.
        await desk.ExecuteAsync(enlarge, new { admin.Tenant, mrr = 0m });
        Assert.True((bool)(await admin.PostAsync("v1/analytics/rebuild", range))["applied"]!);
        Assert.Equal(before, await ReportsAsync(admin));
        Assert.Equal(["usage_analytics"], await ParkedAsync(admin));
    }

    [Fact]
    public async Task A_rebuild_and_a_sweep_end_while_usage_arrives()
    {
        var admin = await desk.WelcomeAsync(Rights);
        await admin.SubscribeAsync("free");
        var range = new { from = $"{desk.Now:yyyy-MM-dd}", to = $"{desk.Now:yyyy-MM-dd}" };
        var ends = Task.WhenAll(admin.PostAsync("v1/analytics/rebuild", range), desk.RunTimerAsync("SweepUsage"));
        var (sent, patience) = (0, TimeSpan.FromMinutes(1));
        for (var waiting = Stopwatch.StartNew(); !ends.IsCompleted; sent++)
        {
            Assert.True(waiting.Elapsed < patience, "Neither ended as long as usage arrived.");
            await admin.PostAsync("v1/usage", new { events = new[] { Event(admin) } });
        }

        await ends;
        await WaitForEventsAsync(admin, sent);
    }

    [Fact]
    public async Task Usage_of_many_users_comes_in_parts()
    {
        var admin = await desk.WelcomeAsync(Rights);
        await BufferAsync(admin, [.. Enumerable.Repeat("1", 1001)], user: place => $"user-{place:D4}");
        await WaitForEventsAsync(admin, 1001);
        var first = await admin.GetAsync("v1/analytics/usage?by=user");
        var second = await admin.GetAsync($"v1/analytics/usage?by=user&cursor={first["next"]}");
        using var csv = await admin.Client.GetAsync("v1/analytics/usage?by=user&format=csv");
        using var wrong = await admin.Client.GetAsync("v1/analytics/usage?by=user&cursor=");

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal((1000, "user-0999"), (Rows(first).Count, (string?)first["next"]));
        Assert.Equal("user-1000", (string?)Assert.Single(Rows(second))["key"]);
        Assert.Null(second["next"]);
        Assert.Equal("<?by=user&format=csv&cursor=user-0999>; rel=\"next\"", csv.Headers.GetValues("Link").Single());
    }

    [Fact]
    public async Task Reports_come_as_CSV_too()
    {
        var user = await desk.WelcomeAsync(Rights);
        await user.SubscribeAsync("free");
        await user.PostAsync("v1/usage", new { events = new[] { Event(user, durationMs: 5) } });
        await WaitForEventsAsync(user, 1);
        using var answer = await user.Client.GetAsync("v1/analytics/usage?format=csv");

        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            "key,events,quantity,errors,errorRate,p95DurationMs\r\napiCalls,1,1,0,0,5\r\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_API_document_tells_of_every_route()
    {
        using var client = desk.Apps.Client(ServerlessBusiness.Local.Stack.FunctionApp.Subscriptions, tenant: null);
        var paths = JsonNode.Parse(await client.GetStringAsync("openapi.json"))!["paths"]!.AsObject();

        string[] told = ["/v1/usage", "/v1/usage/consume", "/v1/entitlements", "/v1/analytics/summary", "/v1/subscriptions/preview"];
        Assert.All(told, path => Assert.NotNull(paths[path]));
    }

    // A free one that stays and one that goes.
    private async Task TradeAsync(Subscriber admin)
    {
        await (await desk.JoinAsync(admin.Tenant)).SubscribeAsync("free");
        var gone = await desk.JoinAsync(admin.Tenant);
        var id = (string)(await gone.SubscribeAsync("free"))["id"]!;
        await gone.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
    }

    private static async Task<string> ReportsAsync(Subscriber admin) => string.Concat(
        (await admin.GetAsync("v1/analytics/subscriptions")).ToJsonString(), (await admin.GetAsync("v1/analytics/cohorts")).ToJsonString());

    private async Task WaitUntilSentAsync(Subscriber admin) =>
        await SubscriptionsDesk.WaitForAsync(async () => await BufferedAsync(admin) == 0, "The buffer was not sent.");

    private Task WaitForRevenueAsync(Subscriber user, params string[] expected) => SubscriptionsDesk.WaitForAsync(
        async () => (await desk.QueryAsync<string>(
            """
            select concat_ws(' ', tier_name, sum(revenue_usd)) from subscription_management.subscription_deltas
            where tenant_id = @Tenant group by tier_name order by tier_name
            """,
            new { user.Tenant })).SequenceEqual(expected),
        $"It did not bring in {string.Join(" and ", expected)}.");

    private static Task WaitForEventsAsync(Subscriber user, long count) => SubscriptionsDesk.WaitForAsync(
        async () => Rows(await user.GetAsync("v1/analytics/usage")).Sum(row => (long)row["events"]!) == count, $"{count} events did not arrive.");

    // Uses as they wait for ClickHouse, each of so many.
    private Task BufferAsync(
        Subscriber admin, string[] counts, Func<int, string>? user = null, Func<int, DateTimeOffset>? at = null) => desk.ExecuteAsync(
        """
        insert into subscription_management.analytics_buffer (tenant_id, target, lines, line_count, created_at)
        values (@Tenant, 'usage_analytics', @lines, @Length, now())
        """,
        new
        {
            admin.Tenant,
            counts.Length,
            lines = counts.Select((count, place) =>
                $"[{(at?.Invoke(place) ?? desk.Now).ToUnixTimeSeconds()},\"{user?.Invoke(place) ?? $"{admin.User}"}\",\"{admin.Tenant}\",\"x\",\"apiCalls\",{count},1,1,true,\"\"]").ToArray(),
        });

    private Task<IReadOnlyList<string>> ParkedAsync(Subscriber admin) => desk.QueryAsync<string>(
        "select target from subscription_management.analytics_parked where tenant_id = @Tenant and reason like 'Code:%' order by target", new { admin.Tenant });

    private async Task<long> BufferedAsync(Subscriber user) => (await desk.QueryAsync<long>(
        "select count(*) from subscription_management.analytics_buffer where tenant_id = @Tenant", new { user.Tenant }))[0];

    private object Event(Subscriber user, long durationMs = 0, bool success = true) => new
    {
        id = Guid.CreateVersion7(),
        userId = user.User,
        feature = "apiCalls",
        timestamp = desk.Now,
        durationMs,
        responseBytes = 100,
        success,
        errorCode = success ? null : "TIMEOUT",
    };

    // As Users asks for it.
    private async Task<JsonNode> ExportAsync(Subscriber user, string? cursor = null)
    {
        using var service = desk.AsService(user.Tenant);
        return JsonNode.Parse(await service.GetStringAsync($"v1/personal-data/{user.User}?{(cursor is null ? "" : $"cursor={cursor}")}"))!;
    }

    private static IReadOnlyList<JsonNode> Usage(JsonNode page) =>
        [.. page["items"]!.AsArray().Where(row => (string?)row!["source"] == "usageAnalytics").Select(row => row!["data"]!)];

    private static IReadOnlyList<JsonNode> Rows(JsonNode report) => [.. report["rows"]!.AsArray().Select(row => row!)];

    private static string Figures(JsonNode row) => $"{row["key"]} {row["events"]} {row["quantity"]} {row["errors"]} {row["errorRate"]}";
}
