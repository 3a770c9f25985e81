using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Hosting;

namespace ServerlessBusiness.Tests.Unit.Runtime;

// The local runtime with a few sample functions, on a free port of this process.
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly IHost host;

    private RunningApp(IHost host)
    {
        this.host = host;
        var server = host.Services.GetRequiredService<IServer>();
        Client = new HttpClient { BaseAddress = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => host.Services;

    public static async Task<RunningApp> StartAsync(Type[] functions, Action<FunctionsApplicationBuilder>? configure = null)
    {
        var host = Build(functions, configure);
        await host.StartAsync();
        return new RunningApp(host);
    }

    public static IHost Build(
        Type[] functions, Action<FunctionsApplicationBuilder>? configure = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        // A folder without host.json: the defaults of the real host hold, with the prefix "api".
        var options = new RuntimeOptions(functions, Path.GetTempPath(), name => settings?.GetValueOrDefault(name));
        var builder = new FunctionsApplicationBuilder(["--port", "0"], options);
        builder.ConfigureFunctionsWebApplication();
        builder.Logging.ClearProviders();
        configure?.Invoke(builder);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
