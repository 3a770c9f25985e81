namespace ServerlessBusiness.Local.Engines;

/// <summary>All four engines, started together; for tests and measurements, which replace none of them.</summary>
public sealed class EngineSet : IAsyncDisposable
{
    private EngineSet(string nodeModules, StackFolder folder, EnginePorts ports, string password)
    {
        Postgres = new PostgresEngine(nodeModules, folder, ports.Postgres, password) { Durable = false };
        Redis = new RedisEngine(folder, ports.Redis, password);
        ClickHouse = ClickHouseEngine.IsAvailable(nodeModules) ? new ClickHouseEngine(nodeModules, folder, ports.ClickHouse, password) : null;
        Azurite = new AzuriteEngine(nodeModules, folder, ports);
    }

    public PostgresEngine Postgres { get; }
    public RedisEngine Redis { get; }

    /// <summary>Null where chDB has no build for the platform.</summary>
    public ClickHouseEngine? ClickHouse { get; }
    public AzuriteEngine Azurite { get; }

    private IEnumerable<IEngine> All => new IEngine?[] { Postgres, Redis, ClickHouse, Azurite }.OfType<IEngine>();

    public static async Task<EngineSet> StartAsync(StackFolder folder, EnginePorts ports, string password, CancellationToken cancellationToken)
    {
        var modules = await NpmPackages.InstallAsync(Console.Error.WriteLine, cancellationToken);
        var engines = new EngineSet(modules, folder, ports, password);
        try
        {
            await Task.WhenAll(engines.All.Select(engine => engine.StartAsync(cancellationToken)));
        }
        catch
        {
            await engines.DisposeAsync();
            throw;
        }
        return engines;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(engine => engine.DisposeAsync().AsTask()));
}
