using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Tests.Unit.Simulators;

public sealed record ReceivedHook(JsonObject Body, IReadOnlyDictionary<string, string> Headers);

// The merchant's or the bot's side: keeps what arrives and answers as told, 200 when nothing is told.
public sealed class WebhookReceiver : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly Channel<ReceivedHook> _hooks = Channel.CreateUnbounded<ReceivedHook>();
    readonly ConcurrentQueue<int> _answers = new();
    readonly WebApplication _app;

    WebhookReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/hook";

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("/hook", receiver.ReceiveAsync);
        receiver._app.MapPost("/moved", () => Results.Redirect("/hook", permanent: false, preserveMethod: true));
        await receiver._app.StartAsync();
        return receiver;
    }

    public void AnswerWith(params int[] statuses)
    {
        foreach (var status in statuses)
            _answers.Enqueue(status);
    }

    public async Task<ReceivedHook> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await _hooks.Reader.ReadAsync(deadline.Token);
    }

    // Whatever has arrived by now and has not been read.
    public IReadOnlyList<ReceivedHook> TakeAll()
    {
        var all = new List<ReceivedHook>();
        while (_hooks.Reader.TryRead(out var hook))
            all.Add(hook);
        return all;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        var body = (await JsonNode.ParseAsync(request.Body))!.AsObject();
        var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        _hooks.Writer.TryWrite(new ReceivedHook(body, headers));
        return Results.StatusCode(_answers.TryDequeue(out var status) ? status : StatusCodes.Status200OK);
    }
}
