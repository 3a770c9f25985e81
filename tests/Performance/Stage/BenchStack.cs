using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;

namespace ServerlessBusiness.Tests.Performance.Stage;

// Engines of our own on free ports, with a migrated and seeded database, in a folder that is thrown away.
internal sealed class BenchStack : IAsyncDisposable
{
    // As fast as the script of the limiter can still count, so that it does its work and never says no.
    private const int PracticallyUnlimited = 6_000_000;

    private readonly StackFolder folder;
    private readonly List<IEngine> engines;

    private BenchStack(StackFolder folder, string modules, StackPorts ports)
    {
        this.folder = folder;
        const string password = LocalSettings.EnginePassword;
        // Durable, unlike the engines of tests: a commit that does not wait for the disk would flatter every figure. Memory as a server has it.
        var postgres = new PostgresEngine(modules, folder, ports.Engines.Postgres, password) { Settings = ["shared_buffers=1GB", "max_wal_size=8GB"] };
        var redis = new RedisEngine(folder, ports.Engines.Redis, password);
        var storage = new AzuriteEngine(modules, folder, ports.Engines);
        engines = [postgres, redis, storage];
        if (ClickHouseEngine.IsAvailable(modules))
            engines.Add(new ClickHouseEngine(modules, folder, ports.Engines.ClickHouse, password));

        Endpoints = new StackEndpoints(ports)
        {
            PostgresHost = "127.0.0.1",
            PostgresPort = postgres.Port,
            Owner = PostgresEngine.Owner,
            OwnerPassword = password,
            RolePassword = password,
            RedisHost = "127.0.0.1",
            RedisPort = redis.Port,
            RedisPassword = password,
            ClickHouseHost = "127.0.0.1",
            ClickHousePort = ports.Engines.ClickHouse,
            ClickHouseUser = ClickHouseEngine.User,
            ClickHousePassword = password,
            Storage = storage.ConnectionString,
            ClockFile = new ClockFile(folder.Of("clock"), TimeProvider.System).Path,
            HasGateway = false,
        };
    }

    public StackEndpoints Endpoints { get; }

    public static async Task<BenchStack> StartAsync(CancellationToken cancellationToken)
    {
        var modules = await NpmPackages.InstallAsync(Console.Error.WriteLine, cancellationToken);
        var folder = new StackFolder(Path.Combine(UserFolders.Data, "performance", Guid.CreateVersion7().ToString("N")));
        var stack = new BenchStack(folder, modules, StackPorts.Free());
        try
        {
            await Task.WhenAll(stack.engines.Select(engine => engine.StartAsync(cancellationToken)));
            await Migrate.PostgresAsync(stack.Endpoints, seed: true, cancellationToken);
            await stack.LiftRateLimitsAsync(cancellationToken);
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }

        return stack;
    }

    /// <summary>Takes Redis away from whoever runs; it does not come back.</summary>
    public async Task StopRedisAsync()
    {
        var redis = engines.OfType<RedisEngine>().Single();
        engines.Remove(redis);
        await redis.DisposeAsync();
    }

    /// <summary>An app as its own process, started as the local stack does it.</summary>
    public async Task<ServiceProcess> StartAppAsync(
        FunctionApp app, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken)
    {
        var process = ServiceProcess.App(app, Endpoints, folder, changes);
        try
        {
            await process.StartAsync(cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return process;
    }

    /// <summary>
    /// The providers' simulators as a process of their own. They keep nothing and send no notices: that would take the machine from what is measured.
    /// </summary>
    public async Task<ServiceProcess> StartSimulatorsAsync(CancellationToken cancellationToken)
    {
        var process = ServiceProcess.Simulators(
            Endpoints, folder, new Dictionary<string, string?> { ["SIMULATOR_STATE_FOLDER"] = null, ["MIDTRANS_WEBHOOK_URL"] = null });
        try
        {
            await process.StartAsync(cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return process;
    }

    /// <summary>This program once more, in another role.</summary>
    public Task<SelfProcess> StartSelfAsync(string role, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?>(LocalSettings.Shared(Endpoints)) { ["DOTNET_GCgen0size"] = LocalSettings.NewObjects };
        foreach (var (name, value) in changes)
            settings[name] = value;
        return SelfProcess.StartAsync(role, settings, folder, cancellationToken);
    }

    /// <summary>An access token of the demo user; needs the Users app.</summary>
    public Task<string> SignInAsync(CancellationToken cancellationToken) => SignInAsync("user@example.com", "Demo-user-2026", cancellationToken);

    /// <summary>An access token of one of the demo people; needs the Users app.</summary>
    public async Task<string> SignInAsync(string login, string password, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Endpoints.Url(FunctionApp.Users)) };
        client.DefaultRequestHeaders.Add("X-Tenant-ID", "default");
        using var answer = await client.PostAsJsonAsync(
            "/v1/auth/login", new { login, password }, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new LoadException($"The demo user could not sign in: {(int)answer.StatusCode} "
                + await answer.Content.ReadAsStringAsync(cancellationToken));
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return tokens.GetProperty("accessToken").GetString()!;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Endpoints.OwnerConnectionString(Endpoints.Database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A statement for the analytics database.</summary>
    public async Task QueryClickHouseAsync(string sql, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Endpoints.ClickHouseHost}:{Endpoints.ClickHousePort}") };
        client.DefaultRequestHeaders.Add("X-ClickHouse-User", Endpoints.ClickHouseUser);
        client.DefaultRequestHeaders.Add("X-ClickHouse-Key", Endpoints.ClickHousePassword);
        using var answer = await client.PostAsync("/?database=ai_trading_analytics", new StringContent(sql), cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new LoadException($"ClickHouse: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    public async Task<T> ReadAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Endpoints.OwnerConnectionString(Endpoints.Database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(engines.Select(engine => engine.DisposeAsync().AsTask()));
        Directory.Delete(folder.Root, recursive: true);
    }

    private Task LiftRateLimitsAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $$"""
        update user_management.tenants
        set rate_limits = '{"read": {{PracticallyUnlimited}}, "write": {{PracticallyUnlimited}}, "auth": {{PracticallyUnlimited}}, "usage": {{PracticallyUnlimited}}}'
        """,
        cancellationToken);
}
