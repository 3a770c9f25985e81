using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Subscriptions as another service calls it: its token needs no Redis, so the same calls can be made with and without.
internal static class UsageScenario
{
    private const int Batches = 400;
    private const int BatchCallers = 4;
    private const int Users = 50;
    private const int SingleCallers = 64;
    private const int HotCallers = 100;
    private const int HotPerSecond = 2000;
    private const int ReportRows = 1_000_000;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        await Migrate.ClickHouseAsync(stack.Endpoints, cancellationToken);
        var users = Enumerable.Range(0, Users).Select(_ => Guid.CreateVersion7()).ToArray();
        await stack.ExecuteAsync(Subscribe(users), cancellationToken);
        await stack.ExecuteAsync(PlainSessions.Schema, cancellationToken);
        await using var bare = await stack.StartSelfAsync(BareServer.Role, new Dictionary<string, string?>(), cancellationToken);
        var memory = new List<string>();
        await using (var app = await stack.StartAppAsync(FunctionApp.Subscriptions, HttpScenario.AsDeployed, cancellationToken))
        {
            var client = new Client(stack, app);
            memory.Add(Resident("ready", app.ProcessId));
            await HotAsync(client, bare, users[0], "p95 <= 4 ms", cancellationToken);
            memory.Add(Resident("after check and consume", app.ProcessId));
            await FedAsync(stack, cancellationToken);
            await SinglesAsync(client, users, cancellationToken);
            memory.Add(Resident("after single events", app.ProcessId));
            await FedAsync(stack, cancellationToken);
            await BatchesAsync(stack, client, users, cancellationToken);
            memory.Add(Resident("after batches", app.ProcessId));
            await FedAsync(stack, cancellationToken);
            await HotAsync(client, bare, users[0], "p95 <= 4 ms", cancellationToken);
            memory.Add(Resident("after check and consume again", app.ProcessId));
            await FedAsync(stack, cancellationToken);
            await ReportsAsync(stack, client, cancellationToken);
            memory.Add(Resident("after reports", app.ProcessId));
        }

        await using (var app = await stack.StartAppAsync(FunctionApp.Subscriptions, HttpScenario.AsDeployed, cancellationToken))
        {
            await stack.StopRedisAsync();
            Console.WriteLine("Redis down:\n");
            await HotAsync(new Client(stack, app), bare, users[0], "p95 <= 15 ms", cancellationToken);
        }

        Console.WriteLine($"Memory of the app: {string.Join(", ", memory)}.");
    }

    // What one part leaves for ClickHouse is there before the next begins, so that each pays for its own.
    private static async Task FedAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        while (await stack.ReadAsync<long>("select count(*) from subscription_management.analytics_buffer", cancellationToken) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
    }

    private static async Task BatchesAsync(BenchStack stack, Client client, Guid[] users, CancellationToken cancellationToken)
    {
        await stack.ExecuteAsync(
            "create table public.bare_usage (tenant_id text, id uuid, feature text, quantity bigint, at timestamptz, primary key (tenant_id, id))",
            cancellationToken);
        await PostAllAsync(client, new UsageBatches(Batches / 4, users, DateTimeOffset.UtcNow), cancellationToken);
        var batches = new UsageBatches(Batches, users, DateTimeOffset.UtcNow);
        var ours = await PostAllAsync(client, batches, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await batches.CopyAsync(stack.Endpoints.OwnerConnectionString(stack.Endpoints.Database), BatchCallers, cancellationToken);
        var limit = Stopwatch.GetElapsedTime(started);
        var (accepted, copied) = (batches.Fresh / ours.TotalSeconds, batches.Fresh / limit.TotalSeconds);
        new ResultTable($"batches of {UsageBatches.Size}, 20 % sent twice, {BatchCallers} callers", "ours", "limit (binary COPY)", "ratio", "aim")
            .Row("events accepted/s", ResultTable.Count(accepted), ResultTable.Count(copied), ResultTable.Ratio(accepted / copied), ">= 30,000/s, >= 0.15")
            .Row("events sent/s", ResultTable.Count(Batches * UsageBatches.Size / ours.TotalSeconds))
            .Print();
        Console.WriteLine();
    }

    private static async Task<TimeSpan> PostAllAsync(Client client, UsageBatches batches, CancellationToken cancellationToken)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, BatchCallers).Select(_ => Task.Run(
            async () =>
            {
                for (var batch = Interlocked.Increment(ref next); batch < batches.Bodies.Count; batch = Interlocked.Increment(ref next))
                    await client.PostAsync(http, "/v1/usage", batches.Bodies[batch], cancellationToken);
            },
            cancellationToken)));
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task SinglesAsync(Client client, Guid[] users, CancellationToken cancellationToken)
    {
        using var target = new LoadTarget("single event", client.ProcessId, (http, caller, token) => client.PostAsync(
            http, "/v1/usage", Body($"{{\"events\":[{UsageBatches.Event(users[caller % Users], DateTimeOffset.UtcNow)}]}}"), token))
        {
            LongestWarming = Warming,
        };
        var run = (await LoadTarget.CompareAsync([target], SingleCallers, 1, Each, cancellationToken))[0];
        new ResultTable($"one event a request, {SingleCallers} callers", "ours", "aim")
            .Row("events/s", ResultTable.Count(run.PerSecond), ">= 5,000")
            .Row("p95", ResultTable.Milliseconds(run.Percentile(0.95)))
            .Row("server CPU per event", $"{run.CpuMicroseconds:0} us")
            .Print();
        Console.WriteLine();
    }

    // Beside the least that a durable answer costs at that pace, for callers who do not wait for each other.
    private static async Task HotAsync(Client client, SelfProcess bare, Guid user, string aim, CancellationToken cancellationToken)
    {
        var next = 0;
        foreach (var verb in new[] { "check", "consume" })
        {
            var body = Body($"{{\"feature\":\"apiCalls\",\"userId\":\"{user}\"}}");
            var ours = await RunAsync((http, token) => client.PostAsync(http, $"/v1/usage/{verb}", body, token), client.ProcessId);
            var least = await RunAsync(
                (http, token) => LoadTarget.GetAsync(
                    http, "exchange", BareServer.ExchangeOf(bare, Interlocked.Increment(ref next) % HotCallers), [], token),
                bare.ProcessId);
            new ResultTable($"{verb}, {HotCallers} callers on one key", "ours", "limit (an INSERT and an UPDATE in one commit)", "aim")
                .Row("requests/s", ResultTable.Count(ours.PerSecond), ResultTable.Count(least.PerSecond), ResultTable.Count(HotPerSecond))
                .Row("p50", ResultTable.Milliseconds(ours.Percentile(0.5)), ResultTable.Milliseconds(least.Percentile(0.5)))
                .Row("p95", ResultTable.Milliseconds(ours.Percentile(0.95)), ResultTable.Milliseconds(least.Percentile(0.95)), aim)
                .Row("server CPU per request", $"{ours.CpuMicroseconds:0} us", $"{least.CpuMicroseconds:0} us")
                .Print();
            Console.WriteLine();
        }

        async Task<LoadRun> RunAsync(Func<HttpMessageInvoker, CancellationToken, Task> ask, int processId)
        {
            await PacedRun.RunAsync(ask, processId, HotCallers, HotPerSecond, Warming, cancellationToken);
            return await PacedRun.RunAsync(ask, processId, HotCallers, HotPerSecond, Each, cancellationToken);
        }
    }

    private static async Task ReportsAsync(BenchStack stack, Client client, CancellationToken cancellationToken)
    {
        await stack.QueryClickHouseAsync(
            $"""
            insert into usage_analytics
            select now() - number % 2500000, toString(number % 500), 'default', toString(number % 500), if(number % 3 = 0, 'predictions', 'apiCalls'),
                1, number % 400 + 1, 512, number % 50 != 0, ''
            from numbers({ReportRows})
            """,
            cancellationToken);
        var table = new ResultTable($"reports over {ReportRows:#,0} rows", "p50", "p95", "aim");
        foreach (var report in new[] { "usage", "usage?by=day", "usage?by=user", "top-users", "summary", "subscriptions", "cohorts" })
        {
            using var target = new LoadTarget(
                report, client.ProcessId, (http, _, token) => client.GetAsync(http, $"/v1/analytics/{report}", token)) { LongestWarming = TimeSpan.FromSeconds(2) };
            var run = (await LoadTarget.CompareAsync([target], 1, 1, TimeSpan.FromSeconds(4), cancellationToken))[0];
            table.Row(report, ResultTable.Milliseconds(run.Percentile(0.5)), ResultTable.Milliseconds(run.Percentile(0.95)), "p95 <= 100 ms");
        }

        table.Print();
        Console.WriteLine();
    }

    // On the tier without limits: what is measured is deciding, not refusing. The first one has a limit that it does not reach.
    private static string Subscribe(Guid[] users) => string.Create(CultureInfo.InvariantCulture, $$"""
        insert into subscription_management.subscriptions (tenant_id, id, user_id, tier_id, status, currency, price, started_at, period_start,
                                                           expires_at, anchor_day, created_at, updated_at)
        select 'default', gen_random_uuid(), user_id,
            case when place = 1 then '01930000-0000-7000-8000-000000000002'::uuid else '01930000-0000-7000-8000-000000000003'::uuid end,
            'active', 'USD', 29.99, now(), now(), now() + interval '1 month', 1, now(), now()
        from unnest(array[{{string.Join(',', users.Select(user => $"'{user}'::uuid"))}}]) with ordinality as u(user_id, place);
        update subscription_management.subscription_tiers set limits = '{"apiCallsPerDay": 1000000000}' where id = '01930000-0000-7000-8000-000000000002';
        """);

    private static string Resident(string when, int processId)
    {
        using var process = Process.GetProcessById(processId);
        return string.Create(CultureInfo.InvariantCulture, $"{when} {process.WorkingSet64 / 1048576} MB");
    }

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Client(BenchStack stack, ServiceProcess app)
    {
        private readonly ServiceToken tokens = new(
            Options.Create(new TokenOptions { Secret = LocalSettings.Shared(stack.Endpoints)["JWT_SECRET"]! }), ServiceIdentity.Billing, TimeProvider.System);
        private (string Value, long At) token;

        public int ProcessId => app.ProcessId;

        public Task PostAsync(HttpMessageInvoker http, string path, byte[] body, CancellationToken cancellationToken) => SendAsync(
            http,
            new HttpRequestMessage(HttpMethod.Post, new Uri(app.BaseAddress, path))
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            },
            cancellationToken);

        public Task GetAsync(HttpMessageInvoker http, string path, CancellationToken cancellationToken) =>
            SendAsync(http, new HttpRequestMessage(HttpMethod.Get, new Uri(app.BaseAddress, path)), cancellationToken);

        private async Task SendAsync(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using (request)
            {
                request.Headers.TryAddWithoutValidation("X-Tenant-ID", "default");
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token()}");
                using var answer = await http.SendAsync(request, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.OK)
                    throw new LoadException($"{request.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
                await answer.Content.CopyToAsync(Stream.Null, cancellationToken);
            }
        }

        // It lives for five minutes; a new one each minute.
        private string Token()
        {
            if (token.Value is null || Stopwatch.GetElapsedTime(token.At) > TimeSpan.FromMinutes(1))
                token = (tokens.Create(ServiceIdentity.Subscriptions.Key), Stopwatch.GetTimestamp());
            return token.Value;
        }
    }
}
