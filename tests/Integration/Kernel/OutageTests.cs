using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

public sealed class OutageTests(OutageDesk desk) : IClassFixture<OutageDesk>
{
    private static readonly Guid User = Guid.Parse("01930000-0000-7000-8000-0000000000a2");

    [Fact]
    public async Task A_ready_app_names_each_dependency_with_its_latency()
    {
        var report = await ReadyAsync(HttpStatusCode.OK);

        Assert.Equal("user-management", (string?)report["service"]);
        Assert.Equal("ready", (string?)report["status"]);
        Assert.Equal(["postgresql", "redis", "service-bus"], report["dependencies"]!.AsObject().Select(dependency => dependency.Key).Order());
        foreach (var (name, dependency) in report["dependencies"]!.AsObject())
        {
            Assert.Equal("healthy", (string?)dependency!["status"]);
            Assert.True((double)dependency["latencyMs"]! is > 0 and < 5000, $"{name} answered after {dependency["latencyMs"]} ms.");
        }
    }

    [Fact]
    public async Task The_summary_tells_version_uptime_and_memory()
    {
        using var client = desk.Apps.Client(FunctionApp.Users, tenant: null);
        var summary = JsonNode.Parse(await client.GetStringAsync("health"))!;

        Assert.NotEqual("unknown", (string?)summary["version"]);
        Assert.True((long)summary["uptimeSeconds"]! >= 0);
        Assert.InRange((long)summary["memoryMb"]!, 20, 512);
    }

    [Fact]
    public async Task Without_Redis_nobody_is_let_in_and_everything_returns_with_it()
    {
        using var user = await SignedInAsync();
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("v1/me")).StatusCode);

        await desk.Redis.StopAsync();
        try
        {
            using var refused = await user.GetAsync("v1/me");
            await Problem.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("health/live")).StatusCode);
            var report = await ReadyAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("not ready", (string?)report["status"]);
            Assert.Equal("unhealthy", (string?)report["dependencies"]!["redis"]!["status"]);
            Assert.Equal("healthy", (string?)report["dependencies"]!["postgresql"]!["status"]);
        }
        finally
        {
            await desk.Redis.StartAsync(CancellationToken.None);
        }

        await UntilReadyAsync();
        using var again = await SignedInAsync();
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("v1/me")).StatusCode);
    }

    [Fact]
    public async Task Without_Redis_each_process_limits_for_itself()
    {
        const string away = "Redis is away: each process limits requests for itself.";
        const string back = "Redis is back: requests are limited for all processes together again.";
        var logged = await desk.CountInLogAsync(FunctionApp.Subscriptions, away);
        using var client = desk.Apps.Client(FunctionApp.Subscriptions, await desk.NewTenantAsync("""{"read":5}"""));

        await desk.Redis.StopAsync();
        try
        {
            for (var call = 0; call < 5; call++)
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/tiers")).StatusCode);
            using var refused = await client.GetAsync("v1/tiers");
            await Problem.AssertAsync(refused, HttpStatusCode.TooManyRequests, "RATE_LIMITED");
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 12);

            // Longer than the limiter takes Redis for lost without asking: it asks again, and does not say so again.
            await Eventually.HoldsAsync(
                async () => (await client.GetAsync("v1/tiers")).StatusCode == HttpStatusCode.OK, "The local budget is not refilled.");
            Assert.Equal(logged + 1, await desk.CountInLogAsync(FunctionApp.Subscriptions, away));
        }
        finally
        {
            await desk.Redis.StartAsync(CancellationToken.None);
        }

        await UntilReadyAsync();
        var returned = await desk.CountInLogAsync(FunctionApp.Subscriptions, back);
        await Eventually.HoldsAsync(
            async () =>
            {
                (await client.GetAsync("v1/tiers")).Dispose();
                return await desk.CountInLogAsync(FunctionApp.Subscriptions, back) > returned;
            },
            "The limiter does not go back to Redis.");

        // What Redis counts is new, so the whole budget is there again.
        using var fresh = desk.Apps.Client(FunctionApp.Subscriptions, await desk.NewTenantAsync("""{"read":2}"""));
        var statuses = new List<HttpStatusCode>();
        for (var call = 0; call < 3; call++)
            statuses.Add((await fresh.GetAsync("v1/tiers")).StatusCode);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Without_PostgreSQL_requests_are_told_to_come_back_and_are_served_when_it_is()
    {
        using var client = desk.Apps.Client(FunctionApp.Subscriptions);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/tiers")).StatusCode);

        await desk.Postgres.StopAsync();
        try
        {
            using var refused = await client.GetAsync("v1/tiers");
            await Problem.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health/live")).StatusCode);
            var report = await ReadyAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("unhealthy", (string?)report["dependencies"]!["postgresql"]!["status"]);
            Assert.Equal("healthy", (string?)report["dependencies"]!["redis"]!["status"]);
        }
        finally
        {
            desk.Postgres.Start();
        }

        await UntilReadyAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/tiers")).StatusCode);
    }

    [Fact]
    public async Task A_key_whose_request_met_an_outage_works_when_the_database_is_back()
    {
        var tenant = await desk.NewTenantAsync("{}");
        using var client = desk.Apps.Client(FunctionApp.Subscriptions, tenant, await desk.Sessions.SignInAsync(tenant, Guid.CreateVersion7()));
        var key = Guid.CreateVersion7().ToString();
        await using (var table = await desk.LockAsync("subscription_management.subscriptions"))
        {
            var asking = SubscribeAsync(client, key);
            await table.UntilSomebodyWaitsAsync();
            await desk.Postgres.StopAsync();
            try
            {
                await Problem.AssertAsync(await asking, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
            }
            finally
            {
                desk.Postgres.Start();
            }
            await table.EndWhoWaitsAsync();
        }

        await Eventually.HoldsAsync(
            async () => (await SubscribeAsync(client, key)).StatusCode == HttpStatusCode.Created, "The key stays taken.");
        await UntilReadyAsync();
    }

    private static async Task<HttpResponseMessage> SubscribeAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/subscriptions")
        {
            Content = JsonContent.Create(new { tier = "pro", cycle = "monthly", currency = "IDR" }),
            Headers = { { "Idempotency-Key", key } },
        };
        return await client.SendAsync(request);
    }

    private async Task<HttpClient> SignedInAsync() =>
        desk.Apps.Client(FunctionApp.Users, "default", await desk.Sessions.SignInAsync("default", User));

    private async Task<JsonNode> ReadyAsync(HttpStatusCode expected)
    {
        using var client = desk.Apps.Client(FunctionApp.Users, tenant: null);
        using var answer = await client.GetAsync("health/ready");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {text}");
        Problem.AssertNoInsides(text);
        return JsonNode.Parse(text)!;
    }

    private async Task UntilReadyAsync()
    {
        foreach (var app in new[] { FunctionApp.Users, FunctionApp.Subscriptions })
        {
            using var client = desk.Apps.Client(app, tenant: null);
            await Eventually.HoldsAsync(
                async () => (await client.GetAsync("health/ready")).IsSuccessStatusCode, $"{app.Name} does not become ready again.");
        }
    }
}
