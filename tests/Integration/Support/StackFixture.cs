using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

[assembly: AssemblyFixture(typeof(StackFixture))]

namespace ServerlessBusiness.Tests.Support;

/// <summary>
/// The real engines, started once per test run on free ports in a folder that is thrown away. Ask for it in the constructor of a test class.
/// Redis and ClickHouse are shared by all classes, so use tenants of your own there; every class gets its own PostgreSQL database.
/// </summary>
public sealed class StackFixture : IAsyncLifetime
{
    private const string Template = "ai_trading_template";
    private const string SeededTemplate = "ai_trading_seeded_template";

    private FileLock? turn;
    private FileLock? held;
    private StackFolder? folder;
    private EngineSet? engines;
    private int databases;

    public EngineSet Engines => this.engines ?? throw new InvalidOperationException("The engines have not been started.");
    public StackFolder Folder => this.folder ?? throw new InvalidOperationException("The engines have not been started.");

    public async ValueTask InitializeAsync()
    {
        // Two suites at once would share two cores and measure each other.
        var turnFile = Path.Combine(Path.GetTempPath(), $"serverless-business-tests-{Environment.UserName}", "turn.lock");
        turn = await FileLock.WaitAsync(
            turnFile, () => Console.Error.WriteLine("Another test run uses the engines; waiting for it."), CancellationToken.None);
        var parent = Path.Combine(UserFolders.Data, "tests");
        await Leftovers.RemoveAsync(parent, TimeProvider.System.GetUtcNow());
        this.folder = new StackFolder(Path.Combine(parent, Guid.CreateVersion7().ToString("N")));
        held = FileLock.Try(this.folder.Of(Leftovers.Lock));
        this.engines = await EngineSet.StartAsync(this.folder, EnginePorts.Free(), LocalSettings.EnginePassword, CancellationToken.None);
        await CreateTemplatesAsync();
    }

    /// <summary>A migrated database for one test class; with <paramref name="seeded"/> it holds the demo tenant and users too.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(bool seeded = false)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await using var server = await OpenServerAsync();
        await PostgresDatabases.CopyAsync(server, seeded ? SeededTemplate : Template, name, CancellationToken.None);
        return new TestDatabase(this, name);
    }

    /// <summary>A Redis of the caller's own, to stop and start again at will.</summary>
    public async Task<RedisEngine> StartRedisAsync()
    {
        var folder = new StackFolder(Folder.Of($"redis-{Guid.CreateVersion7():N}"));
        var redis = new RedisEngine(folder, Ports.FreeBlock(1), LocalSettings.EnginePassword);
        await redis.StartAsync(CancellationToken.None);
        return redis;
    }

    public async ValueTask DisposeAsync()
    {
        if (this.engines is not null)
            await this.engines.DisposeAsync();
        if (held is not null)
            await held.DisposeAsync();
        if (this.folder is not null)
            Directory.Delete(this.folder.Root, recursive: true);
        if (turn is not null)
            await turn.DisposeAsync();
    }

    internal async Task<NpgsqlConnection> OpenServerAsync()
    {
        var server = new NpgsqlConnection(Engines.Postgres.ConnectionString("postgres"));
        await server.OpenAsync();
        return server;
    }

    /// <summary>Where everything is for the apps of one test, whose own ports are free ones.</summary>
    internal StackEndpoints EndpointsFor(string database, StackPorts ports, string clockFile) => new(ports)
    {
        PostgresHost = "127.0.0.1",
        PostgresPort = Engines.Postgres.Port,
        Database = database,
        Owner = PostgresEngine.Owner,
        OwnerPassword = Engines.Postgres.Password,
        RolePassword = LocalSettings.EnginePassword,
        RedisHost = "127.0.0.1",
        RedisPort = Engines.Redis.Port,
        RedisPassword = Engines.Redis.Password,
        ClickHouseHost = "127.0.0.1",
        ClickHousePort = Engines.ClickHouse?.Port ?? 1,
        ClickHouseUser = ClickHouseEngine.User,
        ClickHousePassword = LocalSettings.EnginePassword,
        Storage = Engines.Azurite.ConnectionString,
        ClockFile = clockFile,
        HasGateway = false,
    };

    private async Task CreateTemplatesAsync()
    {
        var stack = EndpointsFor(Template, new StackPorts(1), clockFile: "");
        await Migrate.PostgresAsync(stack, seed: false, CancellationToken.None);
        if (Engines.ClickHouse is not null)
            await Migrate.ClickHouseAsync(stack, CancellationToken.None);

        await using (var template = new NpgsqlConnection(Engines.Postgres.ConnectionString(Template) + ";Pooling=false"))
            await TestKey.PublishAsync(template);
        await using var server = await OpenServerAsync();
        await PostgresDatabases.SealAsync(server, Template, CancellationToken.None);
        await PostgresDatabases.CopyAsync(server, Template, SeededTemplate, CancellationToken.None);
        await Migrate.PostgresAsync(stack with { Database = SeededTemplate }, seed: true, CancellationToken.None);
        await PostgresDatabases.SealAsync(server, SeededTemplate, CancellationToken.None);
    }
}
