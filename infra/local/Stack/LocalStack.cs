using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>Everything that one launcher runs, started in the order in which the parts need each other.</summary>
public sealed class LocalStack : IAsyncDisposable
{
    private const int EnoughConnections = 200;

    private readonly StackOptions options;
    private readonly DataFolder data;
    private readonly Action<string> say;
    private readonly List<StackPart> parts = [];
    private readonly TaskCompletionSource<string> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EngineLayer? engines;
    private AppLayer? apps;

    private LocalStack(StackOptions options, DataFolder data, Action<string> say)
    {
        this.options = options;
        this.data = data;
        this.say = say;
        Clock = new ClockFile(data.ClockPath, TimeProvider.System);
        var ports = new StackPorts(options.PortBase);
        Endpoints = GivenEngines.Endpoints(ports, Clock.Path, AzuriteEngine.ConnectionStringFor(ports.Engines));
    }

    public StackEndpoints Endpoints { get; }
    public ClockFile Clock { get; }
    public IReadOnlyList<StackPart> Parts => this.parts;
    public StackFolder Folder => this.data.Folder;
    public string EnvironmentFile => this.data.EnvironmentFile;

    /// <summary>Completes with a sentence when the stack cannot go on.</summary>
    public Task<string> Failed => failed.Task;

    /// <param name="say">Gets lines for people while it starts and when an app ends.</param>
    /// <exception cref="StackException">A part could not start; what had started has been stopped.</exception>
    public static async Task<LocalStack> StartAsync(StackOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var data = await DataFolder.TakeAsync(options, say, cancellationToken);
        LocalStack? stack = null;
        try
        {
            stack = new LocalStack(options, data, say);
            await stack.RunAsync(cancellationToken);
            return stack;
        }
        catch
        {
            await (stack?.DisposeAsync() ?? data.DisposeAsync());
            throw;
        }
    }

    /// <summary>Stops the parts in the reverse of the order in which they were started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (this.apps is not null)
            await this.apps.DisposeAsync();
        if (this.engines is not null)
            await this.engines.DisposeAsync();
        await this.data.DisposeAsync();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var engines = this.engines = await EngineLayer.PlanAsync(Folder, Endpoints.Ports.Engines, this.say, cancellationToken);
        var apps = this.apps = this.options.EnginesOnly ? null : new AppLayer(Endpoints, Folder, Clock, () => this.parts, this.say);
        Ports.EnsureFree([.. apps is null ? [] : OwnPorts(), .. engines.Ports]);
        SettingsFile.Write(EnvironmentFile, Endpoints);
        if (this.options.EnvironmentFile is { } copy)
            SettingsFile.Write(copy, Endpoints);
        this.parts.AddRange([.. apps?.OuterParts ?? [], .. apps?.AppParts ?? [], .. engines.Parts]);
        engines.Died += sentence => failed.TrySetResult(sentence);

        // One failure ends the other starts too, so that it is reported at once and not after somebody else's deadline.
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var prepared = PrepareAsync(engines, together.Token);
        Task[] work = apps is null
            ? [prepared, engines.StorageAsync(together.Token)]
            : [prepared, engines.StorageAsync(together.Token), apps.StartOuterAsync(together.Token),
                apps.StartAppsAsync(prepared, together.Token)];
        await FirstFailure.WhenAllAsync(work, Failed, together);
    }

    // What an app needs before it can say that it is ready. Storage is not part of it.
    private Task PrepareAsync(EngineLayer engines, CancellationToken cancellationToken) => Task.WhenAll(
        PreparePostgresAsync(engines, cancellationToken),
        PrepareClickHouseAsync(engines, cancellationToken),
        PrepareRedisAsync(engines, cancellationToken));

    private async Task PreparePostgresAsync(EngineLayer engines, CancellationToken cancellationToken)
    {
        await engines.PostgresAsync(cancellationToken);
        if (await Migrate.PostgresAsync(Endpoints, this.options.Seed, cancellationToken) is var connections and < EnoughConnections)
            this.say($"PostgreSQL on {Endpoints.PostgresHost}:{Endpoints.PostgresPort} takes {connections} connections. Under load the apps "
                + $"open more and answer 503 then: raise its max_connections to {EnoughConnections}.");
    }

    private async Task PrepareClickHouseAsync(EngineLayer engines, CancellationToken cancellationToken)
    {
        await engines.ClickHouseAsync(cancellationToken);
        if (engines.HasClickHouse)
            await Migrate.ClickHouseAsync(Endpoints, cancellationToken);
    }

    private async Task PrepareRedisAsync(EngineLayer engines, CancellationToken cancellationToken)
    {
        await engines.RedisAsync(cancellationToken);
        if (GivenEngines.Redis)
            await GivenEngines.EnsureRedisAsync(Endpoints, cancellationToken);
    }

    private IEnumerable<(string User, int Port)> OwnPorts() =>
    [
        ("the gateway", Endpoints.Ports.Gateway),
        .. FunctionApp.All.Select(app => ($"the app {app.Name}", Endpoints.Ports.Of(app))),
        ("the Midtrans simulator", Endpoints.Ports.Midtrans), ("the Telegram simulator", Endpoints.Ports.Telegram),
        ("the mail simulator", Endpoints.Ports.Mail), ("the SMTP simulator", Endpoints.Ports.Smtp),
    ];
}
