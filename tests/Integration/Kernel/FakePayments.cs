using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>A payment gateway that answers as it is told and counts who came.</summary>
public sealed class FakePayments : IAsyncDisposable
{
    private const string Charge = """
        {"id":"01930000-0000-7000-8000-00000000f001","status":"pending","invoiceId":"01930000-0000-7000-8000-00000000f002",
         "amount":{"amount":531690,"currency":"IDR"},"method":"bank_transfer","bank":"bca","orderId":"order-1","instructions":{"vaNumber":"812785000000001"},"expiresAt":null}
        """;

    private readonly int port = Ports.FreeBlock(1);
    private WebApplication? app;
    private int calls;

    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>How many requests have reached it.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>While it is set, the bank has not said yet how to pay.</summary>
    public bool IsWaitingForTheBank { get; set; }

    /// <summary>Answers 500 while it is set.</summary>
    public bool IsBroken { get; set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(Address);
        app.Run(AnswerAsync);
        await app.StartAsync();
    }

    /// <summary>From now on nobody listens.</summary>
    public async Task StopAsync()
    {
        await app!.DisposeAsync();
        app = null;
    }

    public async ValueTask DisposeAsync() => await (app?.DisposeAsync() ?? ValueTask.CompletedTask);

    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref calls);
        http.Response.StatusCode = IsBroken ? 500 : 201;
        if (IsBroken)
            return;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(IsWaitingForTheBank ? Charge.Replace("{\"vaNumber\":\"812785000000001\"}", "null") : Charge);
    }
}
