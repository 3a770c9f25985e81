using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Gateway;

namespace ServerlessBusiness.Local.Stack;

/// <summary>The five apps, and what stands around them: the gateway and the simulators of the outside world.</summary>
internal sealed class AppLayer : IAsyncDisposable
{
    private readonly StackEndpoints stack;
    private readonly ClockFile clock;
    private readonly Func<IEnumerable<StackPart>> parts;
    private readonly Dictionary<ServiceProcess, StackPart> apps;
    private readonly ServiceProcess simulators;
    private readonly StackPart gatewayPart;
    private readonly StackPart[] simulatorParts;
    private GatewayHost? gateway;

    public AppLayer(StackEndpoints stack, StackFolder folder, ClockFile clock, Func<IEnumerable<StackPart>> parts, Action<string> say)
    {
        this.stack = stack;
        this.clock = clock;
        this.parts = parts;
        gatewayPart = new StackPart("Gateway", $"http://127.0.0.1:{stack.Ports.Gateway}", logFile: null);
        this.simulators = ServiceProcess.Simulators(stack, folder);
        simulatorParts =
        [
            new StackPart("Midtrans simulator", $"http://127.0.0.1:{stack.Ports.Midtrans}", this.simulators.LogFile),
            new StackPart("Telegram simulator", $"http://127.0.0.1:{stack.Ports.Telegram}", this.simulators.LogFile),
            new StackPart("Mail simulator", $"http://127.0.0.1:{stack.Ports.Mail}", this.simulators.LogFile),
        ];
        this.simulators.Died += sentence => Tell(simulatorParts, sentence, say);
        apps = FunctionApp.All.Select(app => ServiceProcess.App(app, stack, folder))
            .ToDictionary(
                process => process,
                process => new StackPart(process.Name, process.BaseAddress.ToString().TrimEnd('/'), process.LogFile));
        foreach (var (process, part) in apps)
            process.Died += sentence => Tell([part], sentence, say);
    }

    public IEnumerable<StackPart> OuterParts => [gatewayPart, .. simulatorParts];
    public IEnumerable<StackPart> AppParts => apps.Values;

    public Task StartOuterAsync(CancellationToken cancellationToken) => Task.WhenAll(
        gatewayPart.StartAsync(async () => this.gateway = await GatewayHost.StartAsync(this.stack, clock, this.parts, cancellationToken)),
        StartSimulatorsAsync(cancellationToken));

    /// <param name="prepared">Completes when databases and Redis are there.</param>
    public async Task StartAppsAsync(Task prepared, CancellationToken cancellationToken)
    {
        await prepared;
        await Task.WhenAll(apps.Select(app => app.Value.StartAsync(() => app.Key.StartAsync(cancellationToken))));
    }

    public async ValueTask DisposeAsync()
    {
        if (this.gateway is not null)
            await this.gateway.DisposeAsync();
        await Task.WhenAll(apps.Keys.Select(app => app.DisposeAsync().AsTask()));
        await this.simulators.DisposeAsync();
    }

    private Task StartSimulatorsAsync(CancellationToken cancellationToken)
    {
        var started = this.simulators.StartAsync(cancellationToken);
        return Task.WhenAll(simulatorParts.Select(part => part.StartAsync(() => started)));
    }

    // The others go on, as they do in Azure while one app is down; one that ends while it starts keeps the stack from starting.
    private static void Tell(IEnumerable<StackPart> parts, string sentence, Action<string> say)
    {
        var wereReady = false;
        foreach (var part in parts)
            wereReady |= part.End();
        if (wereReady)
            say($"The app {sentence}\nThe other parts go on; start the stack again to have it back.");
    }
}
