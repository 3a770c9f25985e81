using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Hosting;

namespace ServerlessBusiness.Tests.Integration.Broker;

// The local runtime in this process with sample listeners on a test's own broker.
internal static class ListeningApp
{
    public static async Task<IHost> StartAsync(BrokerDatabase database, ListenerProbe probe, Type functions, TimeProvider? clock = null)
    {
        var options = new RuntimeOptions(
            [functions], Path.GetTempPath(), name => name == "ServiceBus" ? database.ConnectionString : null);
        var builder = new FunctionsApplicationBuilder(["--port", "0"], options);
        builder.ConfigureFunctionsWebApplication();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(probe);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}

public sealed record Delivery(string Body, string MessageId, int Count);

public sealed class ListenerProbe
{
    private int running;

    public Channel<Delivery> Deliveries { get; } = Channel.CreateUnbounded<Delivery>();

    public ConcurrentBag<string[]> Batches { get; } = [];

    public TaskCompletionSource? Gate { get; set; }

    public Func<Delivery, bool> Fails { get; set; } = _ => false;

    public int MostAtOnce { get; private set; }

    public int Finished { get; private set; }

    public async Task RunAsync(Delivery delivery)
    {
        lock (this)
            MostAtOnce = Math.Max(MostAtOnce, ++running);

        Deliveries.Writer.TryWrite(delivery);
        if (Gate is not null)
            await Gate.Task;

        lock (this)
        {
            running--;
            Finished++;
        }

        if (Fails(delivery))
            throw new InvalidOperationException("a message that cannot be handled");
    }

    public async Task<Delivery> NextAsync() => await Deliveries.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
}

public sealed class OrderListener(ListenerProbe probe)
{
    [Function("OrderListener")]
    public Task Run(
        [ServiceBusTrigger(BrokerDatabase.Queue, Connection = "ServiceBus")] string body,
        string messageId,
        int deliveryCount,
        FunctionContext context)
    {
        Assert.Equal("serviceBusTrigger", context.FunctionDefinition.InputBindings["body"].Type);
        return probe.RunAsync(new Delivery(body, messageId, deliveryCount));
    }
}

public sealed class PaidListener(ListenerProbe probe)
{
    [Function("PaidListener")]
    public Task Run(
        [ServiceBusTrigger(BrokerDatabase.Topic, "paid-only", Connection = "ServiceBus")] string body, string messageId, string subject) =>
        probe.RunAsync(new Delivery($"{subject}: {body}", messageId, 1));
}

public sealed class OrderBatchListener(ListenerProbe probe)
{
    [Function("OrderBatchListener")]
    public async Task Run(
        [ServiceBusTrigger(BrokerDatabase.Queue, Connection = "ServiceBus", IsBatched = true)] string[] bodies, string[] messageIdArray)
    {
        probe.Batches.Add(bodies);
        foreach (var (body, id) in bodies.Zip(messageIdArray))
            await probe.RunAsync(new Delivery(body, id, 1));
    }
}

public sealed class MinuteTimer(ListenerProbe probe)
{
    [Function("MinuteTimer")]
    public Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer) =>
        probe.RunAsync(new Delivery(timer.IsPastDue ? "past due" : "in time", $"{timer.ScheduleStatus!.Next:O}", 1));
}
