using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Mail;

public sealed record MailSimulatorOptions
{
    public int Port { get; init; }
    public int SmtpPort { get; init; }
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    // Where mails outlive the process; without it they do not.
    public string? StateFile { get; init; }
}

// Takes every mail and delivers none; what came in can be read over HTTP.
public sealed class MailSimulator : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly SmtpListener _smtp;
    readonly MailBox _box;

    MailSimulator(WebApplication app, SmtpListener smtp, MailBox box)
    {
        _app = app;
        _smtp = smtp;
        _box = box;
        BaseAddress = SimulatorHost.AddressOf(app);
    }

    public Uri BaseAddress { get; }

    public int SmtpPort => _smtp.Port;

    public static async Task<MailSimulator> StartAsync(MailSimulatorOptions options, CancellationToken cancellationToken = default)
    {
        var box = new MailBox(options.Clock, options.StateFile);
        var app = SimulatorHost.Create(options.Port);
        MapControl(app, box);
        MailPages.Map(app, box);
        await SimulatorHost.StartAsync(app, "SIMULATOR_MAIL_PORT", cancellationToken);
        try
        {
            return new MailSimulator(app, SmtpListener.Start(options.SmtpPort, box), box);
        }
        catch (InvalidOperationException)
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _smtp.DisposeAsync();
        await _app.DisposeAsync();
        await _box.DisposeAsync();
    }

    static void MapControl(WebApplication app, MailBox box)
    {
        var control = app.MapGroup("/control");
        control.MapGet("/health", () => Results.Ok(new { status = "healthy" }));
        control.MapGet("/messages", (string? to) =>
            box.Mails.Where(mail => to is null || mail.To.Contains(to, StringComparer.OrdinalIgnoreCase)));
        control.MapDelete("/messages", () =>
        {
            box.Clear();
            return Results.NoContent();
        });
        control.MapPost("/reset", () =>
        {
            box.Clear();
            return Results.NoContent();
        });
        control.MapPost("/next", (MailTrouble trouble) =>
        {
            box.Troubles.Plan(trouble);
            return Results.NoContent();
        });
    }
}
