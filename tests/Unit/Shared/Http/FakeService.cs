using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

// Another service on the wire: records what it is asked and answers as the test says.
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeService(WebApplication app) => this.app = app;

    public ConcurrentQueue<Call> Calls { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = http => http.Response.WriteAsJsonAsync(new { });

    public string Address => app.Urls.Single();

    public static async Task<FakeService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeService(app);
        app.Run(fake.ServeAsync);
        await app.StartAsync();
        return fake;
    }

    public void AnswerProblem(int status, string code, string detail) => Answer = http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(
            new { type = "about:blank", status, code, detail, errors = new { amount = new[] { "too small" } } },
            options: null, "application/problem+json");
    };

    public void AnswerStatus(int status) => Answer = http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Calls.Enqueue(new Call(http.Request.Method, http.Request.Path + http.Request.QueryString, headers, await reader.ReadToEndAsync()));
        await Answer(http);
    }

    internal sealed record Call(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);
}
