using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[CollectionDefinition]
public sealed class KernelCollection : ICollectionFixture<KernelDesk>;

/// <summary>
/// Users, Subscriptions and Billing as processes, and a second Billing whose payment gateway is ours to break. Tests take tenants
/// and users of their own. Nobody types a password: the desk has a signing key that Users publishes among its own.
/// </summary>
public sealed class KernelDesk(StackFixture stack) : IAsyncLifetime
{
    private readonly FakePayments payments = new();
    private TestDatabase? database;
    private TestApps? apps;
    private TestApps? others;
    private TestSessions? sessions;
    private NpgsqlDataSource? owner;
    private NpgsqlDataSource? broker;

    public TestDatabase Database => database!;
    public TestApps Apps => apps!;

    /// <summary>Holds the second Billing.</summary>
    public TestApps Others => others!;
    public FakePayments Payments => payments;
    public TestSessions Sessions => sessions!;
    public LocalBroker Broker => new(broker!);

    public async ValueTask InitializeAsync()
    {
        DapperSetup.Ensure();
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        broker = NpgsqlDataSource.Create(database.BrokerConnectionString);
        await payments.StartAsync();
        apps = await database.StartAppsAsync(FunctionApp.Users, FunctionApp.Subscriptions, FunctionApp.Billing);
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps));
        var likeTheOthers = new Dictionary<string, string?>
        {
            ["USERS_URL"] = apps.Endpoints.Url(FunctionApp.Users),
            ["LOCAL_CLOCK_FILE"] = apps.Clock.Path,
            ["PAYMENTS_URL"] = payments.Address,
            ["SERVICE_BREAKER_MINIMUM_CALLS"] = "4",
            ["SERVICE_BREAKER_SECONDS"] = "2",
        };
        others = await database.StartAppsAsync(likeTheOthers, FunctionApp.Billing);
    }

    public async ValueTask DisposeAsync()
    {
        await (others?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await payments.DisposeAsync();
        foreach (var source in new[] { owner, broker })
            await (source?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>The database as a service sees it that is no process.</summary>
    public Database Open(ServiceIdentity service)
    {
        var role = new NpgsqlConnectionStringBuilder(Database.AppConnectionString(service.Key));
        var options = new DatabaseOptions { Host = role.Host!, Port = role.Port, Database = role.Database!, Password = role.Password! };
        return new Database(Options.Create(options), service, new OutboxSignal());
    }

    /// <summary>A tenant that no other test uses.</summary>
    public async Task<string> NewTenantAsync(string status = "active", string rateLimits = "{}")
    {
        var tenant = $"t-{Guid.CreateVersion7():N}";
        await ExecuteAsync(
            "insert into user_management.tenants (id, name, status, rate_limits) values (@tenant, 'Test', @status, @rateLimits::jsonb)",
            new { tenant, status, rateLimits });
        return tenant;
    }

    /// <summary>A client of the app in the name of a new user of the tenant.</summary>
    public async Task<HttpClient> NewUserAsync(FunctionApp app, string tenant, params string[] permissions) =>
        Apps.Client(app, tenant, await Sessions.SignInAsync(tenant, Guid.CreateVersion7(), permissions));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<T> ReadAsync<T>(string sql, object? parameters = null) => (await QueryAsync<T>(sql, parameters)).Single();

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Holds a table against everybody until it is disposed.</summary>
    public async Task<TableLock> LockAsync(string table) => await TableLock.TakeAsync(owner!, table);
}
