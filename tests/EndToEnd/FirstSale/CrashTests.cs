using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

[Collection(AloneOnTheMachine.Name)]
public sealed class CrashTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public Task A_relay_killed_between_commit_and_send_loses_nothing() => SellWithKilledRelaysAsync(isSent: false);

    [Fact]
    public Task A_relay_killed_after_sending_sends_again_and_it_counts_once() => SellWithKilledRelaysAsync(isSent: true);

    [Fact]
    public async Task Every_consumer_may_die_once_between_its_work_and_its_acknowledgement()
    {
        var buyer = await shop.WelcomeBuyerAsync();
        await shop.WaitUntilQuietAsync();
        var marks = shop.TemporaryFolder("crashes");
        FunctionApp[] consumers = [FunctionApp.Subscriptions, FunctionApp.Payments, FunctionApp.Notifications, FunctionApp.Billing];
        foreach (var app in consumers)
        {
            await shop.Apps.StartAppAsync(app, new Dictionary<string, string?>
            {
                ["LOCAL_RUNTIME_CRASH_BEFORE_SETTLE"] = "*",
                ["LOCAL_RUNTIME_CRASH_MARKS"] = Path.Combine(marks, app.Name),
            });
        }

        await using (Revival.Of([.. consumers.Select(app => shop.Apps[app])]))
        {
            await buyer.SubscribeAsync();
            var invoice = await buyer.WaitForInvoiceAsync();
            // The pause of an app that comes back is over before the buyer goes on.
            await shop.WaitUntilQuietAsync();
            var payment = await buyer.PayAsync(invoice);
            // The activation waits: a second message in the hands of the sender that dies would be told minutes later, by the sweep.
            await using (await Gate.CloseAsync(shop, "subscription_management.inbox"))
            {
                await shop.SettleAsync(payment);
                await shop.WaitUntilQuietAsync(besides: "business-events/subscriptions");
            }
            await shop.WaitUntilQuietAsync();
        }

        // Consumers that had nothing to do in this sale would die in the next.
        foreach (var app in consumers)
            await shop.Apps.StartAppAsync(app);
        var crashed = consumers.SelectMany(app => Directory.EnumerateFiles(Path.Combine(marks, app.Name))
            .Select(mark => $"{app.Name} {Path.GetFileNameWithoutExtension(mark)}"));
        Assert.Equal(
            [
                "billing BusinessEventsListener", "billing DocumentsListener", "notifications BusinessEvents", "notifications DeliverHigh",
                "notifications DeliverMedium", "payments BusinessEventsListener", "subscriptions BusinessEventsListener",
            ],
            crashed.Order(StringComparer.Ordinal));
        await SaleRecords.AssertOneSaleAsync(shop, buyer);
    }

    private async Task SellWithKilledRelaysAsync(bool isSent)
    {
        var buyer = await shop.WelcomeBuyerAsync();
        await shop.WaitUntilQuietAsync();

        await KillWhileSendingAsync(FunctionApp.Subscriptions, "subscription_management", isSent, () => buyer.SubscribeAsync());
        var payment = await buyer.PayAsync(await buyer.WaitForInvoiceAsync());
        await shop.WaitUntilQuietAsync();
        await KillWhileSendingAsync(FunctionApp.Payments, "payment_management", isSent, () => shop.SettleAsync(payment));

        await SaleRecords.AssertOneSaleAsync(shop, buyer);
    }

    /// <summary>Kills the app when its fact is committed and its relay hangs in the insert into the broker.</summary>
    /// <param name="app">Whose relay it is.</param>
    /// <param name="schema">Where its outbox is.</param>
    /// <param name="isSent">Whether the database still carries out the insert of the dead process.</param>
    /// <param name="commit">What makes the app commit a fact.</param>
    private async Task KillWhileSendingAsync(FunctionApp app, string schema, bool isSent, Func<Task> commit)
    {
        const string senders = """
            select pid from pg_locks join pg_stat_activity using (pid)
            where relation = 'local_broker.sent_ids'::regclass and not granted
                and datname = current_database() and query like 'with incoming%'
            """;
        var before = await CountAsync("message_journal");
        await using (await Gate.CloseAsync(shop, "local_broker.sent_ids"))
        {
            await commit();
            await Eventually.HoldsAsync(
                async () => (await shop.QueryAsync<int>(senders)).Count == 1, $"The relay of {app.Name} does not try to send.");
            await shop.Apps[app].KillAsync();
            if (!isSent)
                await shop.ExecuteAsync($"select pg_terminate_backend(pid, 5000) from ({senders}) as orphans");
        }

        if (isSent)
            await Eventually.HoldsAsync(
                async () => await CountAsync("message_journal") > before, "The database did not finish the insert.");
        else
            Assert.Equal(before, await CountAsync("message_journal"));
        Assert.Equal(1, await CountAsync($"{schema}.outbox"));
        await shop.Apps[app].StartAsync(CancellationToken.None);
    }

    private async Task<long> CountAsync(string table) => (await shop.QueryAsync<long>($"select count(*) from {table}"))[0];
}
