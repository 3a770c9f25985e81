using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[CollectionDefinition]
public sealed class SubscriptionsCollection : ICollectionFixture<SubscriptionsDesk>;

/// <summary>
/// Subscriptions twice and Billing as processes, with a Redis and a way to ClickHouse of their own that can go away. Users are signed in
/// without passwords; payments are told as Payments would tell them.
/// </summary>
public sealed class SubscriptionsDesk(StackFixture stack) : IAsyncLifetime
{
    private TestDatabase? database;
    private NpgsqlDataSource? owner;
    private NpgsqlDataSource? broker;
    private RedisEngine? redis;
    private TcpRelay? clickHouse;
    private TestApps? apps;
    private TestApps? twin;
    private TestSessions? sessions;

    public TestApps Apps => apps!;
    public RedisEngine Redis => redis!;
    public TcpRelay ClickHouse => clickHouse!;
    public TestSessions Sessions => sessions!;
    public DateTimeOffset Now => Apps.Clock.Now;

    public async ValueTask InitializeAsync()
    {
        DapperSetup.Ensure();
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        broker = NpgsqlDataSource.Create(database.BrokerConnectionString);
        redis = await stack.StartRedisAsync();
        clickHouse = new TcpRelay(stack.Engines.ClickHouse!.Port);
        clickHouse.Start();
        var settings = new Dictionary<string, string?>
        {
            ["REDIS_PORT"] = $"{redis.Port}",
            ["CLICKHOUSE_PORT"] = $"{clickHouse.Port}",
        };
        apps = await database.StartAppsAsync(settings, FunctionApp.Users, FunctionApp.Subscriptions, FunctionApp.Billing);
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps), redis.Port);
        // Tests move the clock by months; the key they sign with must outlive that.
        await ExecuteAsync("update user_management.signing_keys set retires_at = now() + interval '10 years'");
        twin = await database.StartAppsAsync(
            new Dictionary<string, string?>(settings)
            {
                ["USERS_URL"] = apps.Endpoints.Url(FunctionApp.Users),
                ["BILLING_URL"] = apps.Endpoints.Url(FunctionApp.Billing),
                ["LOCAL_CLOCK_FILE"] = apps.Clock.Path,
            },
            FunctionApp.Subscriptions);
    }

    public async ValueTask DisposeAsync()
    {
        await (twin?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (clickHouse?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var source in new[] { owner, broker })
            await (source?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A tenant that no other test uses, with one user of it.</summary>
    public async Task<Subscriber> WelcomeAsync(params string[] permissions)
    {
        var tenant = $"t-{Guid.CreateVersion7():N}";
        await ExecuteAsync(
            """
            insert into user_management.tenants (id, name, default_currency, rate_limits)
            values (@tenant, 'Test', 'USD', '{"read": 600000, "write": 600000, "usage": 6000000}')
            """,
            new { tenant });
        return await JoinAsync(tenant, permissions);
    }

    /// <summary>One more user of a tenant.</summary>
    public async Task<Subscriber> JoinAsync(string tenant, params string[] permissions)
    {
        var user = Guid.CreateVersion7();
        return new Subscriber(this, tenant, user, Apps.Client(FunctionApp.Subscriptions, tenant, await SignInAsync(tenant, user, permissions)));
    }

    // Signed in for longer than any test moves the clock.
    public Task<string> SignInAsync(string tenant, Guid user, params string[] permissions) => Sessions.SignInAsync(
        tenant, user, permissions, token => token.Expires = Apps.Clock.Now.UtcDateTime.AddYears(5));

    /// <summary>A client of one of the two processes in the name of another service, which needs no Redis.</summary>
    public HttpClient AsService(string tenant, bool ofTwin = false) => (ofTwin ? twin! : Apps).Client(
        FunctionApp.Subscriptions, tenant, Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Subscriptions));

    /// <summary>Tells what another service would tell.</summary>
    public async Task TellAsync(string tenant, BusinessEvent fact)
    {
        var envelope = Envelope.Of(fact, TenantId.Parse(tenant), Now, null);
        await new LocalBroker(broker!).SendAsync(
            Topology.BusinessEvents, [new OutgoingMessage(envelope.Id.ToString(), envelope.Type, envelope.ToJson())], CancellationToken.None);
    }

    /// <summary>What Notifications was told of a user under that name, in order.</summary>
    public async Task<IReadOnlyList<JsonNode>> ToldAsync(Guid user, string subject)
    {
        var bodies = await QueryAsync<string>(
            """
            select min(body) from local_broker.messages
            where path = 'business-events/notifications' and body like @subject and body like @user
            group by message_id order by message_id
            """,
            new { subject = $"%\"{subject}\"%", user = $"%{user}%" });
        return [.. bodies.Select(body => JsonNode.Parse(body)!["data"]!)];
    }

    /// <summary>Polls until the condition holds; otherwise the sentence says what is wrong.</summary>
    public static Task WaitForAsync(Func<Task<bool>> condition, string otherwise) => Eventually.HoldsAsync(condition, otherwise);

    /// <summary>Starts Redis again and returns when the apps have found it.</summary>
    public async Task StartRedisAsync()
    {
        await Redis.StartAsync(CancellationToken.None);
        await WaitForAsync(
            async () =>
            {
                try
                {
                    using var answer = await (await WelcomeAsync()).Client.GetAsync("v1/entitlements");
                    return answer.IsSuccessStatusCode;
                }
                catch (RedisException)
                {
                    return false;
                }
            },
            "Redis is not found again.");
    }

    /// <summary>Runs the timer that renews and ends subscriptions, instead of waiting for its minute.</summary>
    public Task RenewAsync() => RunTimerAsync("RenewSubscriptions");

    public async Task RunTimerAsync(string function, FunctionApp? app = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Apps.Endpoints.Url(app ?? FunctionApp.Subscriptions)) };
        using var answer = await client.PostAsJsonAsync($"admin/functions/{function}", new { input = "" });
        Assert.True(answer.IsSuccessStatusCode, $"{function}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Changes something beside what is done meanwhile, and commits it when that waits for it.</summary>
    public async Task<T> WhileUncommittedAsync<T>(string sql, object parameters, Func<Task<T>> work)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(sql, parameters, transaction);
        var working = work();
        await WaitForAsync(
            async () => working.IsCompleted || (await QueryAsync<bool>(
                "select exists (select from pg_stat_activity where @pid = any(pg_blocking_pids(pid)))", new { pid = connection.ProcessID }))[0],
            "Nobody waits for the change.");
        await transaction.CommitAsync();
        return await working;
    }

    /// <summary>Does something while analytics are being sent, as to a ClickHouse that does not take them.</summary>
    public async Task<T> WhileFeedIsHeldAsync<T>(Func<Task<T>> work)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("set local search_path = subscription_management");
        await connection.ExecuteAsync($"select pg_advisory_xact_lock({EventBuffer.Lock})");
        return await work();
    }

    /// <summary>Holds a table against everybody until it is disposed.</summary>
    public Task<TableLock> LockAsync(string table) => TableLock.TakeAsync(owner!, table);
}

/// <summary>A user who subscribes: every step is a request.</summary>
public sealed class Subscriber(SubscriptionsDesk desk, string tenant, Guid user, HttpClient client)
{
    public string Tenant => tenant;
    public Guid User => user;
    public HttpClient Client => client;

    public async Task<JsonNode> PostAsync(string path, object body, int expected = 200)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        return await ReadAsync(path, answer, expected);
    }

    public async Task<JsonNode> PutAsync(string path, object body, int expected = 200)
    {
        using var answer = await client.PutAsJsonAsync(path, body);
        return await ReadAsync(path, answer, expected);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await client.GetAsync(path);
        return await ReadAsync(path, answer, 200);
    }

    public async Task<JsonNode> SubscribeAsync(string tier, string cycle = "monthly", string currency = "USD", bool trial = true) =>
        await PostAsync("v1/subscriptions", new { tier, cycle, currency, trial }, expected: 201);

    /// <summary>Subscribes and pays the first invoice.</summary>
    public async Task<string> BuyAsync(string tier, string cycle = "monthly", string currency = "USD")
    {
        var id = (string)(await SubscribeAsync(tier, cycle, currency, trial: false))["id"]!;
        await PayAllAsync(invoices: 1);
        await WaitForStatusAsync(id, "active");
        return id;
    }

    public async Task<string> StatusAsync(string id) => (string)(await GetAsync($"v1/subscriptions/{id}"))["status"]!;

    public Task WaitForStatusAsync(string id, string status) =>
        SubscriptionsDesk.WaitForAsync(async () => await StatusAsync(id) == status, $"The subscription did not become {status}.");

    /// <summary>Waits until there are so many invoices and pays the open ones, as Payments would tell it.</summary>
    public async Task PayAllAsync(int invoices)
    {
        await WaitForInvoicesAsync(invoices);
        var open = await desk.QueryAsync<(Guid Id, Guid Subscription, decimal Total, string Currency)>(
            "select id, subscription_id, total_amount, currency from billing_management.invoices where tenant_id = @tenant and user_id = @user and status in ('pending', 'overdue')",
            new { tenant, user });
        foreach (var invoice in open)
            await desk.TellAsync(tenant, new PaymentSucceeded(
                Guid.CreateVersion7(), invoice.Id, user, invoice.Subscription, new Money(invoice.Total, Currency.Parse(invoice.Currency)),
                "bank_transfer", desk.Now));
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>(
                "select count(*) from subscription_management.subscription_charges where tenant_id = @tenant and status in ('open', 'overdue')",
                new { tenant }))[0] == 0,
            "A charge is still open.");
    }

    public Task WaitForInvoicesAsync(int count) => SubscriptionsDesk.WaitForAsync(
        async () => (await InvoicesAsync()).Count == count, $"There are not {count} invoices.");

    /// <summary>Status, net and total of each invoice, oldest first.</summary>
    public Task<IReadOnlyList<string>> InvoicesAsync() => desk.QueryAsync<string>(
        """
        select concat_ws(' ', status, amount, total_amount) from billing_management.invoices
        where tenant_id = @tenant and user_id = @user order by id
        """,
        new { tenant, user });

    public async Task<decimal> CreditAsync() => (await desk.QueryAsync<decimal>(
        "select coalesce(sum(balance), 0) from billing_management.credit_balances where tenant_id = @tenant and user_id = @user",
        new { tenant, user }))[0];

    /// <summary>Type and status after each move.</summary>
    public async Task<IReadOnlyList<string>> MovesAsync(string id) =>
        [.. (await GetAsync($"v1/subscriptions/{id}/events"))["items"]!.AsArray().Select(move => $"{move!["type"]} {move["toStatus"]}")];

    private static async Task<JsonNode> ReadAsync(string path, HttpResponseMessage answer, int expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == (int)answer.StatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }
}
