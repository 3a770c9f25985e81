using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Users and Subscriptions with a Redis of their own and a way to PostgreSQL that can be cut.</summary>
public sealed class OutageDesk(StackFixture stack) : IAsyncLifetime
{
    private TestDatabase? database;
    private NpgsqlDataSource? owner;
    private RedisEngine? redis;
    private TcpRelay? postgres;
    private TestApps? apps;
    private TestSessions? sessions;

    public TestApps Apps => apps!;
    public RedisEngine Redis => redis!;
    public TcpRelay Postgres => postgres!;
    public TestSessions Sessions => sessions!;
    public string OwnerConnectionString => database!.OwnerConnectionString;

    public async ValueTask InitializeAsync()
    {
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        redis = await stack.StartRedisAsync();
        postgres = new TcpRelay(stack.Engines.Postgres.Port);
        postgres.Start();
        var settings = new Dictionary<string, string?>
        {
            ["REDIS_PORT"] = $"{redis.Port}",
            ["POSTGRES_PORT"] = $"{postgres.Port}",
        };
        apps = await database.StartAppsAsync(settings, FunctionApp.Users, FunctionApp.Subscriptions);
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps), redis.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    public async Task<string> NewTenantAsync(string rateLimits)
    {
        var tenant = $"t-{Guid.CreateVersion7():N}";
        await using var connection = await owner!.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "insert into user_management.tenants (id, name, rate_limits) values (@tenant, 'Test', @rateLimits::jsonb)",
            new { tenant, rateLimits });
        return tenant;
    }

    public Task<TableLock> LockAsync(string table) => TableLock.TakeAsync(owner!, table);

    /// <summary>How often the app has logged this.</summary>
    public async Task<int> CountInLogAsync(FunctionApp app, string sentence)
    {
        await using var log = new FileStream(Apps[app].LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(log);
        return (await reader.ReadToEndAsync()).Split(sentence).Length - 1;
    }
}
