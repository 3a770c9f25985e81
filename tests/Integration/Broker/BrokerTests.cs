using ServerlessBusiness.Broker;
using ServerlessBusiness.Tests.Support;
using static ServerlessBusiness.Tests.Integration.Broker.BrokerDatabase;

namespace ServerlessBusiness.Tests.Integration.Broker;

public sealed class BrokerTests(StackFixture stack) : IAsyncLifetime
{
    private const string DeadOrders = Queue + LocalBroker.DeadLetterSuffix;

    private readonly BrokerDatabase database = new(stack);

    private LocalBroker Broker => database.Broker;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Messages_arrive_whole_and_in_the_order_they_were_sent()
    {
        await Broker.SendAsync(
            Queue,
            [
                new OutgoingMessage("1", "Placed", "first")
                {
                    CorrelationId = "c",
                    Properties = new Dictionary<string, string> { ["traceparent"] = "00-1-2-01" },
                },
                new OutgoingMessage("2", "Placed", "second"),
            ],
            CancellationToken.None);

        var received = await database.ReceiveAsync(Queue);

        Assert.Equal(["first", "second"], received.Select(message => message.Body));
        Assert.Equal(("1", "Placed", "c", 1), (received[0].MessageId, received[0].Subject, received[0].CorrelationId, received[0].DeliveryCount));
        Assert.Equal("00-1-2-01", received[0].Properties["traceparent"]);
        Assert.Empty(received[1].Properties);
    }

    [Fact]
    public async Task A_locked_message_is_hidden_and_a_completed_one_is_gone()
    {
        await database.SendAsync(Queue, "1");
        var received = await database.ReceiveAsync(Queue);

        Assert.Empty(await database.ReceiveAsync(Queue));
        Assert.Equal(1, await Broker.CompleteAsync(received, CancellationToken.None));
        Assert.Equal(0, await database.CountAsync(Queue));
    }

    [Fact]
    public async Task A_message_whose_lock_ran_out_comes_again_and_its_old_lock_settles_nothing()
    {
        await database.SendAsync(Queue, "1");
        var lost = await database.ReceiveAsync(Queue);

        var again = await database.ReceiveSoonAsync(Queue);

        Assert.Equal(2, again.Single().DeliveryCount);
        Assert.Equal(0, await Broker.CompleteAsync(lost, CancellationToken.None));
        Assert.Equal(0, await Broker.RenewAsync(lost, CancellationToken.None));
        Assert.Equal(0, await Broker.AbandonAsync(lost, CancellationToken.None));
        Assert.Equal(1, await Broker.CompleteAsync(again, CancellationToken.None));
    }

    [Fact]
    public async Task A_renewed_lock_holds_longer()
    {
        await database.SendAsync(Queue, "1");
        var received = await database.ReceiveAsync(Queue);
        var end = TimeProvider.System.GetUtcNow() + LockDuration * 2;

        while (TimeProvider.System.GetUtcNow() < end)
        {
            Assert.Equal(1, await Broker.RenewAsync(received, CancellationToken.None));
            Assert.Empty(await database.ReceiveAsync(Queue));
            await Task.Delay(200);
        }

        Assert.Equal(1, await Broker.CompleteAsync(received, CancellationToken.None));
    }

    [Fact]
    public async Task An_abandoned_message_comes_back_at_once_until_it_is_dead()
    {
        await database.SendAsync(Queue, "1");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var received = await database.ReceiveAsync(Queue);
            Assert.Equal(delivery, received.Single().DeliveryCount);
            Assert.Equal(1, await Broker.AbandonAsync(received, CancellationToken.None));
        }

        Assert.Empty(await database.ReceiveAsync(Queue));
        var dead = (await database.ReceiveAsync(DeadOrders)).Single();
        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetterReason);
        Assert.Equal("body of 1", dead.Body);
    }

    [Fact]
    public async Task A_message_lost_at_its_last_delivery_is_dead()
    {
        await database.SendAsync(LastChance, "1");
        await database.ReceiveAsync(LastChance);
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(10);

        while (await database.CountAsync(LastChance) > 0 && TimeProvider.System.GetUtcNow() < deadline)
        {
            Assert.Empty(await database.ReceiveAsync(LastChance));
            await Task.Delay(50);
        }

        Assert.Equal(1, await database.CountAsync(LastChance + LocalBroker.DeadLetterSuffix));
    }

    [Fact]
    public async Task A_message_can_be_dead_lettered_with_a_reason_and_taken_from_there()
    {
        await database.SendAsync(Queue, "1");
        await Broker.DeadLetterAsync(await database.ReceiveAsync(Queue), "Unreadable", "no JSON", CancellationToken.None);

        var dead = await database.ReceiveAsync(DeadOrders);

        Assert.Equal(("Unreadable", "no JSON"), (dead.Single().DeadLetterReason, dead.Single().DeadLetterDescription));
        Assert.Equal(1, await Broker.CompleteAsync(dead, CancellationToken.None));
    }

    [Fact]
    public async Task An_id_that_was_sent_lately_is_dropped_even_after_its_message_was_completed()
    {
        await database.SendAsync(Queue, "1", "1", "2");
        var received = await database.ReceiveAsync(Queue);
        Assert.Equal(["1", "2"], received.Select(message => message.MessageId));
        await Broker.CompleteAsync(received, CancellationToken.None);

        await database.SendAsync(Queue, "1");
        await database.SendAsync(LastChance, "1");

        Assert.Empty(await database.ReceiveAsync(Queue));
        Assert.Single(await database.ReceiveAsync(LastChance));
    }

    [Fact]
    public async Task An_id_is_free_again_after_the_window()
    {
        await database.SendAsync(Queue, "1");
        await using (var age = database.Owner.CreateCommand("update local_broker.sent_ids set sent_at = sent_at - interval '11 minutes'"))
            await age.ExecuteNonQueryAsync();

        await database.SendAsync(Queue, "1");
        await Broker.ForgetOldIdsAsync(CancellationToken.None);

        Assert.Equal(2, (await database.ReceiveAsync(Queue)).Count);
    }

    [Fact]
    public async Task A_scheduled_message_waits_for_the_given_clock()
    {
        var clock = new MovableClock(TimeProvider.System.GetUtcNow());
        var broker = new LocalBroker(database.Db, clock);
        var message = new OutgoingMessage("1", "Placed", "later") { ScheduledFor = clock.GetUtcNow().AddDays(30) };
        await broker.SendAsync(Queue, [message], CancellationToken.None);
        Assert.Empty(await broker.ReceiveAsync(Queue, 10, CancellationToken.None));

        clock.Advance(TimeSpan.FromDays(30));

        Assert.Single(await broker.ReceiveAsync(Queue, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_topic_gives_each_subscription_the_subjects_it_asked_for()
    {
        await Broker.SendAsync(
            Topic, [new OutgoingMessage("1", "Paid", "a"), new OutgoingMessage("2", "Issued", "b")], CancellationToken.None);

        Assert.Equal(["a"], (await database.ReceiveAsync($"{Topic}/paid-only")).Select(message => message.Body));
        Assert.Equal(["a", "b"], (await database.ReceiveAsync($"{Topic}/everything")).Select(message => message.Body));
    }

    [Fact]
    public async Task Sending_to_what_does_not_exist_is_refused()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => database.SendAsync("nowhere", "1"));

        Assert.Contains("'nowhere'", failure.Message);
    }

    [Fact]
    public async Task Many_receivers_at_once_never_get_the_same_message()
    {
        await database.SendAsync(Queue, [.. Enumerable.Range(0, 400).Select(number => $"{number}")]);

        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => database.ReceiveAsync(Queue, 25)));

        var ids = taken.SelectMany(messages => messages).Select(message => message.MessageId).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(taken.SelectMany(messages => messages), message => Assert.Equal(1, message.DeliveryCount));
    }

    [Fact]
    public async Task Provisioning_again_keeps_the_messages_and_takes_the_new_limits()
    {
        await database.SendAsync(Queue, "1");

        await database.ProvisionAsync(maxDeliveryCount: 1);
        await Broker.AbandonAsync(await database.ReceiveAsync(Queue), CancellationToken.None);

        Assert.Single(await database.ReceiveAsync(DeadOrders));
    }
}
