using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>The engines of a stack: those we start and those we were given.</summary>
internal sealed class EngineLayer : IAsyncDisposable
{
    private readonly List<IEngine> started = [];
    private readonly IEngine? postgres;
    private readonly IEngine? redis;
    private readonly IEngine? clickHouse;
    private readonly IEngine? storage;
    private readonly Dictionary<IEngine, StackPart> parts = [];

    private EngineLayer(string? modules, StackFolder folder, EnginePorts ports)
    {
        const string password = LocalSettings.EnginePassword;
        postgres = Plan("PostgreSQL", GivenEngines.Postgres, () => new PostgresEngine(modules!, folder, ports.Postgres, password));
        redis = Plan("Redis", GivenEngines.Redis, () => new RedisEngine(folder, ports.Redis, password));
        clickHouse = Plan("ClickHouse", GivenEngines.ClickHouse, () =>
            ClickHouseEngine.IsAvailable(modules!) ? new ClickHouseEngine(modules!, folder, ports.ClickHouse, password) : null);
        storage = Plan("Azurite", GivenEngines.Storage, () => new AzuriteEngine(modules!, folder, ports));
        Ports =
        [
            .. postgres is null ? [] : new[] { ("PostgreSQL", ports.Postgres) },
            .. redis is null ? [] : new[] { ("Redis", ports.Redis) },
            .. clickHouse is null ? [] : new[] { ("ClickHouse", ports.ClickHouse) },
            .. storage is null ? [] : new[] { ("Azurite", ports.Blob), ("Azurite", ports.Queue), ("Azurite", ports.Table) },
        ];
    }

    public List<StackPart> Parts { get; } = [];
    public IReadOnlyList<(string User, int Port)> Ports { get; }

    /// <summary>Ours or a given one.</summary>
    public bool HasClickHouse => clickHouse is not null || GivenEngines.ClickHouse;

    public event Action<string>? Died;

    public static async Task<EngineLayer> PlanAsync(
        StackFolder folder, EnginePorts ports, Action<string> say, CancellationToken cancellationToken)
    {
        var needsNode = !(GivenEngines.Postgres && GivenEngines.ClickHouse && GivenEngines.Storage);
        var modules = needsNode ? await NpmPackages.InstallAsync(say, cancellationToken) : null;
        var layer = new EngineLayer(modules, folder, ports);
        if (!layer.HasClickHouse)
            say("ClickHouse has no build for this platform, so analytics are off. Set CLICKHOUSE_HOST to a server of yours to have them.");
        return layer;
    }

    public Task PostgresAsync(CancellationToken cancellationToken) => StartAsync(postgres, cancellationToken);

    public Task RedisAsync(CancellationToken cancellationToken) => StartAsync(redis, cancellationToken);

    public Task ClickHouseAsync(CancellationToken cancellationToken) => StartAsync(clickHouse, cancellationToken);

    public Task StorageAsync(CancellationToken cancellationToken) => StartAsync(storage, cancellationToken);

    public async ValueTask DisposeAsync() => await Task.WhenAll(parts.Keys.Select(engine => engine.DisposeAsync().AsTask()));

    private async Task StartAsync(IEngine? engine, CancellationToken cancellationToken)
    {
        if (engine is not null)
            await parts[engine].StartAsync(() => engine.StartAsync(cancellationToken));
    }

    private IEngine? Plan(string name, bool given, Func<IEngine?> create)
    {
        var engine = given ? null : create();
        var part = new StackPart(name, engine?.Url ?? (given ? "from your environment" : ""), engine?.LogFile);
        Parts.Add(part);
        if (engine is null)
        {
            part.Mark(given ? PartState.Given : PartState.Absent);
            return null;
        }
        engine.Died += sentence =>
        {
            if (part.End())
                Died?.Invoke(sentence);
        };
        parts[engine] = part;
        return engine;
    }
}
