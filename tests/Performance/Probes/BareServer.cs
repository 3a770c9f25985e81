using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Probes;

// Kestrel, routing and one query: what the platform under us can do at best.
internal static class BareServer
{
    public const string Role = "--bare";

    public static Uri ReadOf(SelfProcess server) => new(server.BaseAddress, $"/users/{ProbeUser.Demo}");

    public static Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{int.Parse(builder.Configuration[SelfProcess.PortSetting]!, CultureInfo.InvariantCulture)}");
        builder.Services.AddSingleton<PlainUsers>();
        var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapGet("/users/{id:guid}", async (Guid id, PlainUsers users, CancellationToken cancellationToken) =>
            await users.FindAsync(id, cancellationToken) is { } user ? Results.Ok(user) : Results.NotFound());
        return app.RunAsync();
    }
}
