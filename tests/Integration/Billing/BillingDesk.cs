using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Billing;

/// <summary>
/// Billing as a process on a database of its own, beside Users, which publishes the keys that tests sign with, and whatever else a desk asks
/// for. What other services would tell is told by the test.
/// </summary>
public class BillingDesk(StackFixture stack, params FunctionApp[] others) : IAsyncLifetime
{
    private TestDatabase? database;
    private NpgsqlDataSource? owner;
    private NpgsqlDataSource? broker;
    private RedisEngine? redis;
    private TestApps? apps;
    private TestSessions? sessions;

    public TestApps Apps => apps!;
    public TestSessions Sessions => sessions!;

    /// <summary>As fine as the database keeps it, like the clock of the apps.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = Apps.Clock.Now;
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    protected StackFixture Stack => stack;
    protected TestDatabase Database => database!;
    protected NpgsqlDataSource Owner => owner!;
    protected NpgsqlDataSource Broker => broker!;

    /// <summary>What the apps get beside the usual settings. No documents are made of thousands of invoices that nobody looks at.</summary>
    protected virtual Dictionary<string, string?> Settings => new() { ["AzureWebJobs_DocumentsListener_Disabled"] = "true" };

    public virtual async ValueTask InitializeAsync()
    {
        DapperSetup.Ensure();
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        broker = NpgsqlDataSource.Create(database.BrokerConnectionString);
        await PrepareAsync();
        redis = await stack.StartRedisAsync();
        apps = await database.StartAppsAsync(
            new Dictionary<string, string?>(Settings) { ["REDIS_PORT"] = $"{redis.Port}" }, [FunctionApp.Users, FunctionApp.Billing, .. others]);
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps), redis.Port);
        // Tests move the clock by months; the key they sign with must outlive that.
        await ExecuteAsync("update user_management.signing_keys set retires_at = now() + interval '20 years'");
    }

    /// <summary>What is to be so before the apps start.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var source in new[] { owner, broker })
            await (source?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>One more Billing on the same database and clock; the caller ends it.</summary>
    public Task<TestApps> StartTwinAsync() => Database.StartAppsAsync(
        new Dictionary<string, string?>(Settings)
        {
            ["REDIS_PORT"] = $"{redis!.Port}",
            ["USERS_URL"] = Apps.Endpoints.Url(FunctionApp.Users),
            ["LOCAL_CLOCK_FILE"] = Apps.Clock.Path,
        },
        FunctionApp.Billing);

    /// <summary>A tenant that no other test uses.</summary>
    public async Task<string> NewTenantAsync(string currency = "IDR")
    {
        var tenant = $"t-{Guid.CreateVersion7():N}";
        await ExecuteAsync(
            """
            insert into user_management.tenants (id, name, default_currency, rate_limits)
            values (@tenant, 'Test', @currency, '{"read": 600000, "write": 600000, "usage": 600000}')
            """,
            new { tenant, currency });
        return tenant;
    }

    /// <summary>Somebody who is signed in to Billing for longer than any test moves the clock.</summary>
    public async Task<BillingClient> SignInAsync(string tenant, Guid? user = null, params string[] permissions)
    {
        var id = user ?? Guid.CreateVersion7();
        var token = await Sessions.SignInAsync(tenant, id, permissions, token => token.Expires = Apps.Clock.Now.UtcDateTime.AddYears(10));
        return new BillingClient(tenant, id, Apps.Client(FunctionApp.Billing, tenant, token));
    }

    public Task<BillingClient> SignInAdministratorAsync(string tenant) => SignInAsync(tenant, user: null, "invoices:*");

    /// <summary>Tells what another service would tell.</summary>
    public Task TellAsync(string tenant, params BusinessEvent[] facts) => SendAsync(Topology.BusinessEvents, tenant, facts);

    /// <summary>Puts messages on a queue or topic.</summary>
    public Task SendAsync(string destination, string tenant, params BusinessEvent[] facts)
    {
        var messages = facts.Select(fact => Envelope.Of(fact, TenantId.Parse(tenant), Now, null))
            .Select(envelope => new OutgoingMessage(envelope.Id.ToString(), envelope.Type, envelope.ToJson()));
        return new LocalBroker(Broker).SendAsync(destination, [.. messages], CancellationToken.None);
    }

    /// <summary>Runs a timer of Billing now, in one of its processes.</summary>
    public async Task RunTimerAsync(string function, TestApps? process = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri((process ?? Apps).Endpoints.Url(FunctionApp.Billing)) };
        using var answer = await client.PostAsJsonAsync($"admin/functions/{function}", new { input = "" });
        Assert.True(answer.IsSuccessStatusCode, $"{function}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Polls until the condition holds; otherwise the sentence says what is wrong.</summary>
    public static Task WaitForAsync(Func<Task<bool>> condition, string otherwise) => Eventually.HoldsAsync(condition, otherwise);

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Holds a table against everybody until it is disposed.</summary>
    public Task<TableLock> LockAsync(string table) => TableLock.TakeAsync(owner!, table);

    /// <summary>Lets whoever writes such a row into a table of Billing stand still until the answer is disposed.</summary>
    public async Task<TableLock> StandStillAsync(string table, string when, string on = "update")
    {
        await ExecuteAsync(
            $"""
            create table if not exists public.gate ();
            create or replace function public.pass_gate() returns trigger language plpgsql security definer as
                $$ begin perform from public.gate; return new; end $$;
            create or replace trigger stand_still before {on} on billing_management.{table}
                for each row when ({when}) execute function public.pass_gate();
            """);
        return await LockAsync("public.gate");
    }

    /// <summary>Ends Billing as a crash would; the messages that it held come back now and not only at the end of their locks.</summary>
    public async Task KillAsync()
    {
        await Apps[FunctionApp.Billing].KillAsync();
        await ExecuteAsync("update local_broker.messages set locked_until = now() where locked_until > now()");
    }

    /// <summary>Waits until the broker has no message of the tenant for Billing any more.</summary>
    public Task WaitUntilQuietAsync(string tenant) => WaitForAsync(
        async () => (await QueryAsync<long>(
            """
            select (select count(*) from local_broker.messages where body like @like and path in ('business-events/billing', 'billing-run-pages'))
                + (select count(*) from billing_management.outbox where tenant_id = @tenant)
            """,
            new { like = $"%\"{tenant}\"%", tenant }))[0] == 0,
        "Messages of the tenant are still on their way.");
}

/// <summary>Somebody at Billing: every step is a request.</summary>
public sealed class BillingClient(string tenant, Guid user, HttpClient client)
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

    public async Task<JsonNode> GetAsync(string path, int expected = 200)
    {
        using var answer = await client.GetAsync(path);
        return await ReadAsync(path, answer, expected);
    }

    private static async Task<JsonNode> ReadAsync(string path, HttpResponseMessage answer, int expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == (int)answer.StatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }
}
