using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>A call of the app to its provider.</summary>
public sealed record RelayedCall(string Method, string Path, string Body);

/// <summary>What a test answers in the provider's place.</summary>
public sealed record RelayAnswer(int Status, string Body, string? RetryAfter = null)
{
    /// <summary>None, for as long as the app waits.</summary>
    public static readonly RelayAnswer Silence = new(0, "");

    /// <summary>A body of the provider that says nothing but this code; under HTTP 200 the breaker does not count it.</summary>
    public static RelayAnswer Code(int code, int? status = null) =>
        new(status ?? 200, $$"""{"status_code":"{{code}}","status_message":"as the test wishes"}""");
}

/// <summary>Stands between the app and the simulator: remembers every call and passes it on, unless a test answers it itself.</summary>
public sealed class ProviderRelay : IAsyncDisposable
{
    private readonly int port = Ports.FreeBlock(1);
    private readonly HttpClient http = new();
    private readonly Lock gate = new();
    private readonly List<RelayedCall> calls = [];
    private readonly List<Func<RelayedCall, RelayAnswer?>> rules = [];
    private WebApplication? app;

    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>The simulator.</summary>
    public Uri? Target { get; set; }

    public IReadOnlyList<RelayedCall> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(Address);
        app.Run(RelayAsync);
        await app.StartAsync();
    }

    /// <summary>From now on, until what is returned is disposed, calls that the rule has an answer for get that one.</summary>
    public IDisposable Answer(Func<RelayedCall, RelayAnswer?> rule)
    {
        lock (gate)
            rules.Add(rule);
        return new Rule(this, rule);
    }

    /// <inheritdoc cref="Answer(Func{RelayedCall, RelayAnswer})"/>
    public IDisposable Answer(string method, string pathPart, RelayAnswer answer) =>
        Answer(call => call.Method == method && call.Path.Contains(pathPart, StringComparison.Ordinal) ? answer : null);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (app is not null)
            await app.DisposeAsync();
    }

    private async Task RelayAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = new RelayedCall(context.Request.Method, context.Request.Path + context.Request.QueryString, await reader.ReadToEndAsync());
        RelayAnswer? own;
        lock (gate)
        {
            calls.Add(call);
            own = rules.AsEnumerable().Reverse().Select(rule => rule(call)).FirstOrDefault(answer => answer is not null);
        }

        if (own is null)
        {
            await PassOnAsync(context, call);
            return;
        }

        if (own == RelayAnswer.Silence)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        context.Response.StatusCode = own.Status;
        context.Response.ContentType = "application/json";
        if (own.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = wait;
        await context.Response.WriteAsync(own.Body);
    }

    private async Task PassOnAsync(HttpContext context, RelayedCall call)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(Target!, call.Path));
        foreach (var name in new[] { "Authorization", "Accept", "Idempotency-Key", "transaction-source" })
            if (context.Request.Headers.TryGetValue(name, out var values))
                request.Headers.TryAddWithoutValidation(name, values.ToArray());
        if (call.Body.Length > 0)
        {
            request.Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(call.Body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        try
        {
            using var answer = await http.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await context.Response.WriteAsync(await answer.Content.ReadAsStringAsync(context.RequestAborted));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The simulator cut it off, or the app gave up: the app sees the same.
            context.Abort();
        }
    }

    private sealed class Rule(ProviderRelay relay, Func<RelayedCall, RelayAnswer?> rule) : IDisposable
    {
        public void Dispose()
        {
            lock (relay.gate)
                relay.rules.Remove(rule);
        }
    }
}
