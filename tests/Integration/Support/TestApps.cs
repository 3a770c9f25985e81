using System.Globalization;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Support;

/// <summary>Apps and simulators as processes of their own on free ports, with a clock of their own.</summary>
public sealed class TestApps : IAsyncDisposable
{
    /// <summary>As cheap as bcrypt can be: tests sign in by the thousand.</summary>
    public const int PasswordCost = 4;

    private readonly IReadOnlyDictionary<string, string?> changes;
    private readonly StackFolder folder;
    private readonly Dictionary<FunctionApp, ServiceProcess> apps = [];

    internal TestApps(StackFixture fixture, string database, IReadOnlyDictionary<string, string?> changes)
    {
        this.changes = changes;
        folder = new StackFolder(fixture.Folder.Of($"apps-{Guid.CreateVersion7():N}"));
        Clock = new ClockFile(folder.Of("clock"), TimeProvider.System);
        Endpoints = fixture.EndpointsFor(database, StackPorts.Free(), Clock.Path);
        Simulators = ServiceProcess.Simulators(Endpoints, folder);
    }

    public StackEndpoints Endpoints { get; }
    public ServiceProcess Simulators { get; }

    /// <summary>The time that these apps and simulators see.</summary>
    public ClockFile Clock { get; }

    /// <summary>Goes on from the time of other apps, if theirs is later.</summary>
    public void CatchUpWith(TestApps others)
    {
        if (others.Clock.Offset > Clock.Offset)
            Clock.Advance(others.Clock.Offset - Clock.Offset);
    }

    public ServiceProcess this[FunctionApp app] => this.apps[app];

    public Uri Midtrans => new($"http://127.0.0.1:{Endpoints.Ports.Midtrans}/");
    public Uri Telegram => new($"http://127.0.0.1:{Endpoints.Ports.Telegram}/");
    public Uri Mail => new($"http://127.0.0.1:{Endpoints.Ports.Mail}/");

    /// <summary>A client of one app for one tenant.</summary>
    public HttpClient Client(FunctionApp app, string? tenant = "default", string? accessToken = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(Endpoints.Url(app)) };
        if (tenant is not null)
            client.DefaultRequestHeaders.Add("X-Tenant-ID", tenant);
        if (accessToken is not null)
            client.DefaultRequestHeaders.Add("Authorization", "Bearer " + accessToken);
        return client;
    }

    /// <summary>Starts one more app, or an app again with other settings; an earlier process of it is ended first.</summary>
    public async Task<ServiceProcess> StartAppAsync(FunctionApp app, IReadOnlyDictionary<string, string?>? changes = null)
    {
        if (this.apps.TryGetValue(app, out var earlier))
            await earlier.DisposeAsync();
        var merged = new Dictionary<string, string?>(this.changes) { ["BCRYPT_COST"] = PasswordCost.ToString(CultureInfo.InvariantCulture) };
        foreach (var (name, value) in changes ?? new Dictionary<string, string?>())
            merged[name] = value;
        var process = ServiceProcess.App(app, Endpoints, folder, merged);
        this.apps[app] = process;
        await process.StartAsync(CancellationToken.None);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(this.apps.Values.Select(app => app.DisposeAsync().AsTask()));
        await Simulators.DisposeAsync();
    }

    internal async Task StartAsync(IEnumerable<FunctionApp> apps)
    {
        var starting = apps.Select(app => (Task)StartAppAsync(app)).ToList();
        await Task.WhenAll([Simulators.StartAsync(CancellationToken.None), .. starting]);
    }
}
