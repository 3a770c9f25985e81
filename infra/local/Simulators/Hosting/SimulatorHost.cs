using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Simulators.Hosting;

// What the three simulators have in common: one Kestrel listener on the loopback address, JSON in camelCase, a quick stop.
static class SimulatorHost
{
    public static WebApplication Create(int port)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        // What keeps a host from starting is told in a sentence by the process, not as a stack trace.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // The process (or the test) decides when to stop; three hosts must not each listen for Ctrl-C.
        builder.Services.AddSingleton<IHostLifetime, LifetimeOfTheProcess>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routing => routing.ThrowOnBadRequest = true);
        var app = builder.Build();
        app.Use(ExplainBadRequestsAsync);
        return app;
    }

    public static Uri AddressOf(WebApplication app) => new(app.Urls.Single().TrimEnd('/') + "/");

    // The port as the network sees it may be taken; then the message says by which setting it can be moved.
    public static async Task StartAsync(WebApplication app, string setting, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException problem)
        {
            await app.DisposeAsync();
            throw new InvalidOperationException($"{problem.Message} Free the port or choose another one with {setting}.", problem);
        }
    }

    static async Task ExplainBadRequestsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException problem)
        {
            context.Response.StatusCode = problem.StatusCode;
            await context.Response.WriteAsJsonAsync(new { error = problem.InnerException?.Message ?? problem.Message });
        }
    }

    static void Configure(JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        // A misspelt member of a control call would otherwise silently do nothing.
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    }

    sealed class LifetimeOfTheProcess : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
