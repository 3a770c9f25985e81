using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Tests.Support;
using static ServerlessBusiness.Tests.Integration.Broker.BrokerDatabase;

namespace ServerlessBusiness.Tests.Integration.Broker;

public sealed class ListenerTests(StackFixture stack) : IAsyncLifetime
{
    private readonly BrokerDatabase database = new(stack);
    private readonly ListenerProbe probe = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_message_is_handled_once_and_completed()
    {
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        await database.SendAsync(Queue, "1");

        Assert.Equal(new Delivery("body of 1", "1", 1), await probe.NextAsync());
        await app.StopAsync();

        Assert.Equal(0, await database.CountAsync(Queue));
        Assert.False(probe.Deliveries.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task A_subscription_hears_its_subjects()
    {
        using var app = await ListeningApp.StartAsync(database, probe, typeof(PaidListener));
        await database.Broker.SendAsync(
            Topic, [new OutgoingMessage("1", "Issued", "a"), new OutgoingMessage("2", "Paid", "b")], CancellationToken.None);

        Assert.Equal("Paid: b", (await probe.NextAsync()).Body);
        await app.StopAsync();
    }

    [Fact]
    public async Task A_failing_message_is_delivered_again_at_once_and_then_dead()
    {
        probe.Fails = _ => true;
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        await database.SendAsync(Queue, "1");

        for (var delivery = 1; delivery <= 3; delivery++)
            Assert.Equal(delivery, (await probe.NextAsync()).Count);
        await app.StopAsync();

        Assert.Equal(1, await database.CountAsync(Queue + LocalBroker.DeadLetterSuffix));
    }

    [Fact]
    public async Task Work_longer_than_the_lock_keeps_the_message()
    {
        probe.Gate = new TaskCompletionSource();
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        await database.SendAsync(Queue, "1");
        await probe.NextAsync();

        await Task.Delay(LockDuration * 2);
        Assert.Empty(await database.ReceiveAsync(Queue));
        probe.Gate.SetResult();
        await app.StopAsync();

        Assert.Equal(0, await database.CountAsync(Queue));
        Assert.Equal(1, probe.Finished);
    }

    [Fact]
    public async Task No_more_calls_run_at_once_than_host_json_allows()
    {
        probe.Gate = new TaskCompletionSource();
        var limit = 16 * Environment.ProcessorCount;
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        await database.SendAsync(Queue, [.. Enumerable.Range(0, limit * 2).Select(number => $"{number}")]);

        for (var call = 0; call < limit; call++)
            await probe.NextAsync();
        Assert.False(probe.Deliveries.Reader.TryPeek(out _));
        probe.Gate.SetResult();
        for (var call = 0; call < limit; call++)
            await probe.NextAsync();
        await app.StopAsync();

        Assert.Equal(limit, probe.MostAtOnce);
        Assert.Equal(0, await database.CountAsync(Queue));
    }

    [Fact]
    public async Task A_batch_brings_many_messages_to_one_call()
    {
        await database.SendAsync(Queue, [.. Enumerable.Range(0, 50).Select(number => $"{number}")]);
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderBatchListener));

        for (var message = 0; message < 50; message++)
            await probe.NextAsync();
        await app.StopAsync();

        Assert.Single(probe.Batches);
        Assert.Equal(0, await database.CountAsync(Queue));
    }

    // What comes while stopping is run by this app, if it was received already, or by the next.
    [Fact]
    public async Task Stopping_lets_the_running_call_finish_and_leaves_the_rest_to_the_next_start()
    {
        probe.Gate = new TaskCompletionSource();
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        await database.SendAsync(Queue, "1");
        await probe.NextAsync();

        var stopping = app.StopAsync();
        await database.SendAsync(Queue, "2");
        Assert.False(stopping.IsCompleted);
        probe.Gate.SetResult();
        await stopping;
        Assert.Equal(2, probe.Finished + await database.CountAsync(Queue));

        using var next = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        Assert.Equal(new Delivery("body of 2", "2", 1), await probe.NextAsync());
        await next.StopAsync();
        Assert.Equal(0, await database.CountAsync(Queue));
        Assert.Equal(2, probe.Finished);
    }

    [Fact]
    public async Task A_listener_survives_the_loss_of_its_connections()
    {
        using var app = await ListeningApp.StartAsync(database, probe, typeof(OrderListener));
        await database.SendAsync(Queue, "1");
        await probe.NextAsync();

        await using (var cut = database.Owner.CreateCommand(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'local_broker' and datname = current_database()"))
            await cut.ExecuteNonQueryAsync();
        await using var sender = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        await new LocalBroker(sender).SendAsync(Queue, [new OutgoingMessage("2", "Placed", "after")], CancellationToken.None);

        Assert.Equal("after", (await probe.NextAsync()).Body);
        await app.StopAsync();
    }
}
