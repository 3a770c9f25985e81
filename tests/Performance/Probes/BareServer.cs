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

    /// <summary>One GET of Redis, as little as looking a session up can be.</summary>
    public static Uri SessionOf(SelfProcess server) => new(server.BaseAddress, "/session");

    /// <summary>One insert and one update by key in one commit, as little as exchanging a token can be; one row per caller.</summary>
    public static Uri ExchangeOf(SelfProcess server, int caller) => new(server.BaseAddress, $"/exchange/{caller}");

    /// <summary>One bcrypt hash, as little as checking a password can be.</summary>
    public static Uri PasswordOf(SelfProcess server) => new(server.BaseAddress, "/password");

    /// <summary>One insert in its own commit, as little as taking a webhook can be.</summary>
    public static Uri NoticeOf(SelfProcess server) => new(server.BaseAddress, "/notice");

    public static Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{int.Parse(builder.Configuration[SelfProcess.PortSetting]!, CultureInfo.InvariantCulture)}");
        builder.Services.AddSingleton<PlainUsers>().AddSingleton<PlainSessions>().AddSingleton<PlainNotices>();
        var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapGet("/users/{id:guid}", async (Guid id, PlainUsers users, CancellationToken cancellationToken) =>
            await users.FindAsync(id, cancellationToken) is { } user ? Results.Ok(user) : Results.NotFound());
        // Now, and not by the first of many callers at once, who would wait for each other.
        app.Services.GetRequiredService<PlainSessions>();
        app.MapGet("/session", (PlainSessions sessions) => sessions.FindAsync());
        app.MapGet("/exchange/{caller:int}", (int caller, PlainSessions sessions, CancellationToken cancellationToken) =>
            sessions.ExchangeAsync(caller, cancellationToken));
        app.MapGet("/notice", (PlainNotices notices, CancellationToken cancellationToken) => notices.KeepAsync(cancellationToken));
        app.MapGet("/password", () => BCrypt.Net.BCrypt.Verify("a password", PlainSessions.Hash));
        return app.RunAsync();
    }
}
