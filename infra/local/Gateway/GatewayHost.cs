using ServerlessBusiness.Local.Stack;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessBusiness.Local.Gateway;

/// <summary>
/// What API Management is in Azure: one address for the five apps. It takes the prefix from the path and passes everything else on as it came;
/// in particular it neither sets nor believes X-Tenant-ID.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private GatewayHost(WebApplication app) => this.app = app;

    public static async Task<GatewayHost> StartAsync(
        StackEndpoints stack, ClockFile clock, Func<IEnumerable<StackPart>> parts, CancellationToken cancellationToken)
    {
        // Not the directory that the stack is started in: it may hold the settings of another program, and more files than can be watched.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{stack.Ports.Gateway}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddReverseProxy()
            .LoadFromMemory(FunctionApp.All.Select(Route).ToList(), FunctionApp.All.Select(app => Cluster(app, stack)).ToList())
            .AddTransforms(context => context.AddPathRemovePrefix($"/{context.Route.RouteId}"));

        var app = builder.Build();
        app.MapIndex(stack);
        app.MapClock(clock);
        app.MapStatus(parts);
        app.MapApiDocs();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(KeepFromTheHostAsync);
            proxy.Use(ExplainUnreachableAsync);
        });
        await app.StartAsync(cancellationToken);
        return new GatewayHost(app);
    }

    public ValueTask DisposeAsync() => this.app.DisposeAsync();

    private static RouteConfig Route(FunctionApp app) => new()
    {
        RouteId = app.Name,
        ClusterId = app.Name,
        Match = new RouteMatch { Path = $"/{app.Name}/{{**rest}}" },
    };

    private static ClusterConfig Cluster(FunctionApp app, StackEndpoints stack) => new()
    {
        ClusterId = app.Name,
        Destinations = new Dictionary<string, DestinationConfig> { ["only"] = new() { Address = stack.Url(app) } },
    };

    // What is below /admin belongs to the host and its operators. They have the app's own port; the world has the gateway.
    private static Task KeepFromTheHostAsync(HttpContext context, RequestDelegate next)
    {
        var app = context.GetReverseProxyFeature().Route.Config.RouteId;
        if (!context.Request.Path.StartsWithSegments($"/{app}/admin"))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task ExplainUnreachableAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.GetForwarderErrorFeature() is not { } error)
            return;
        var name = context.GetReverseProxyFeature().Route.Config.RouteId;
        await Results.Problem(
            $"The app {name} did not answer ({error.Error}). GET /local/status says which parts run and where their logs are.",
            statusCode: context.Response.StatusCode).ExecuteAsync(context);
    }
}
