using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Broker;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>From the fact to the effect. Nobody drains the subscription of Notifications here, so what it got can be counted.</summary>
[Collection<KernelCollection>]
public sealed class OutboxTests(KernelDesk desk)
{
    private const string Sent =
        "select count(*) from local_broker.messages where path = 'business-events/notifications' and body like @part";


    [Fact]
    public async Task What_is_rolled_back_is_never_told()
    {
        var tenant = TenantId.Parse(await desk.NewTenantAsync());
        var kept = Guid.CreateVersion7();
        var dropped = Guid.CreateVersion7();
        await using var database = OpenAsBilling();
        await using (var transaction = await database.BeginAsync(tenant, CancellationToken.None))
            await transaction.PublishAsync(Issued(dropped), DateTimeOffset.UnixEpoch, CancellationToken.None);
        await using (var transaction = await database.BeginAsync(tenant, CancellationToken.None))
        {
            await transaction.PublishAsync(Issued(kept), DateTimeOffset.UnixEpoch, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        // The relay takes the older one first: once the younger has left, the other will not come any more.
        await Eventually.HoldsAsync(async () => await CountSentAsync(kept) == 1, "The committed message did not leave.");
        Assert.Equal(0, await CountSentAsync(dropped));
        Assert.Equal(0, await desk.ReadAsync<long>(
            "select count(*) from billing_management.outbox where body like @part", new { part = $"%{dropped}%" }));
    }

    [Fact]
    public async Task A_relay_killed_between_commit_and_send_sends_once_after_the_restart()
    {
        var tenant = await desk.NewTenantAsync();
        using var client = desk.Apps.Client(FunctionApp.Users, tenant);
        var name = $"u{Guid.CreateVersion7():N}";
        await using (var table = await desk.LockAsync("local_broker.sent_ids"))
        {
            using var answer = await client.PostAsJsonAsync(
                "v1/auth/register", new { email = $"{name}@example.com", username = name, password = "a long walk by the sea" });
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            await table.UntilSomebodyWaitsAsync();
            await desk.Apps[FunctionApp.Users].KillAsync();
            await table.EndWhoWaitsAsync();
        }
        Assert.Equal(1, await CountWaitingAsync("user_management", tenant));
        Assert.Equal(0, await CountSentAsync(name));

        await desk.Apps.StartAppAsync(FunctionApp.Users);

        await Eventually.HoldsAsync(
            async () => await CountWaitingAsync("user_management", tenant) == 0, "The message still waits after the restart.");
        Assert.Equal(1, await CountSentAsync(name));
    }

    [Fact]
    public async Task A_message_sent_but_not_yet_deleted_is_sent_again_as_the_same_message()
    {
        var tenant = TenantId.Parse(await desk.NewTenantAsync());
        var invoice = Guid.CreateVersion7();
        var message = Envelope.Of(Issued(invoice), tenant, DateTimeOffset.UnixEpoch, traceParent: null);
        var outgoing = new OutgoingMessage(message.Id.ToString(), message.Type, message.ToJson());
        await desk.Broker.SendAsync(Topology.BusinessEvents, [outgoing], CancellationToken.None);
        await desk.ExecuteAsync(
            """
            insert into billing_management.outbox (id, tenant_id, destination, subject, body, created_at, available_at)
            values (@Id, @tenant, @destination, @Type, @body, now(), now())
            """,
            new { message.Id, tenant = tenant.Value, destination = Topology.BusinessEvents, message.Type, body = message.ToJson() });

        await Eventually.HoldsAsync(
            async () => await CountWaitingAsync("billing_management", tenant.Value) == 0, "The message was not swept.");
        Assert.Equal(1, await CountSentAsync(invoice));
    }

    [Fact]
    public async Task The_same_envelope_three_times_has_one_effect()
    {
        var tenant = await desk.NewTenantAsync();
        var message = Created(tenant);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DeliverAsync(message.Type, message.ToJson())));

        await UntilDrainedAsync();
        Assert.Equal(1, await CountInvoicesAsync(tenant));
        Assert.Equal(["invoice_issued"], await desk.QueryAsync<string>(
            "select event_type from billing_management.billing_history where tenant_id = @tenant", new { tenant }));
        Assert.Equal([1L], await desk.QueryAsync<long>(
            "select last_number from billing_management.invoice_counters where tenant_id = @tenant", new { tenant }));
        await Eventually.HoldsAsync(
            async () => await CountWaitingAsync("billing_management", tenant) == 0, "The message about the invoice still waits.");
        Assert.Equal(1, await CountSentAsync(tenant));
    }

    // Nothing but the inbox stands between this fact and a second line of history.
    [Fact]
    public async Task Money_without_an_invoice_is_noted_once_however_often_it_is_told()
    {
        var tenant = await desk.NewTenantAsync();
        var message = Envelope.Of(
            new PaymentSucceeded(
                Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), null, new Money(1000, Currency.Idr), "gopay",
                DateTimeOffset.UnixEpoch),
            TenantId.Parse(tenant), DateTimeOffset.UnixEpoch, traceParent: null);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DeliverAsync(message.Type, message.ToJson())));

        await UntilDrainedAsync();
        Assert.Equal(["payment_unmatched"], await desk.QueryAsync<string>(
            "select event_type from billing_management.billing_history where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task Money_that_went_back_before_it_was_heard_of_pays_nothing()
    {
        var tenant = await desk.NewTenantAsync();
        var created = Created(tenant);
        await DeliverAsync(created.Type, created.ToJson());
        await Eventually.HoldsAsync(async () => await CountInvoicesAsync(tenant) == 1, "The invoice was not issued.");
        var (invoice, user, total) = await desk.ReadAsync<(Guid, Guid, decimal)>(
            "select id, user_id, total_amount from billing_management.invoices where tenant_id = @tenant", new { tenant });
        var payment = Guid.CreateVersion7();
        var amount = new Money(total, Currency.Idr);
        var reversed = Envelope.Of(
            new PaymentReversed(payment, invoice, user, amount, "denied"), TenantId.Parse(tenant), DateTimeOffset.UnixEpoch, traceParent: null);
        var succeeded = Envelope.Of(
            new PaymentSucceeded(payment, invoice, user, null, amount, "bank_transfer", DateTimeOffset.UnixEpoch),
            TenantId.Parse(tenant), DateTimeOffset.UnixEpoch, traceParent: null);

        await DeliverAsync(reversed.Type, reversed.ToJson());
        await UntilDrainedAsync();
        await DeliverAsync(succeeded.Type, succeeded.ToJson());
        await UntilDrainedAsync();

        Assert.Equal("pending", await desk.ReadAsync<string>(
            "select status from billing_management.invoices where tenant_id = @tenant", new { tenant }));
        Assert.Equal(
            ["invoice_issued", "payment_unmatched", "reversal_unmatched"],
            (await desk.QueryAsync<string>(
                "select event_type from billing_management.billing_history where tenant_id = @tenant", new { tenant })).Order());
    }

    [Fact]
    public async Task A_destination_that_refuses_keeps_back_its_own_messages_only()
    {
        var tenant = TenantId.Parse(await desk.NewTenantAsync());
        var invoice = Guid.CreateVersion7();
        await using var database = OpenAsBilling();
        await using (var transaction = await database.BeginAsync(tenant, CancellationToken.None))
        {
            await transaction.SendAsync("no-such-queue", [Issued(Guid.CreateVersion7())], DateTimeOffset.UnixEpoch, null, CancellationToken.None);
            await transaction.PublishAsync(Issued(invoice), DateTimeOffset.UnixEpoch, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await Eventually.HoldsAsync(async () => await CountSentAsync(invoice) == 1, "The good message waits behind the bad destination.");
        await Eventually.HoldsAsync(
            async () => await CountWaitingAsync("billing_management", tenant.Value) == 1, "The message that nobody takes does not wait alone.");
        await desk.ExecuteAsync("delete from billing_management.outbox where tenant_id = @tenant", new { tenant = tenant.Value });
    }

    [Fact]
    public async Task What_waits_in_the_outbox_is_measured_by_the_oldest_of_it()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync(
            """
            insert into billing_management.outbox (id, tenant_id, destination, subject, body, created_at, available_at)
            values ('00000000-0000-7000-8000-000000000001', @tenant, 'no-such-queue', 'InvoiceIssued', '{}', @since, @since)
            """,
            new { tenant, since = DateTimeOffset.UnixEpoch });
        var measured = new List<double>();
        using var meter = new MeterListener();
        meter.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == ServiceTelemetry.Name && instrument.Name == "outbox.age")
                self.EnableMeasurementEvents(instrument);
        };
        meter.SetMeasurementEventCallback<double>((_, value, _, _) => measured.Add(value));
        meter.Start();
        await using var database = OpenAsBilling();

        await new OutboxAge(database, new MovableClock(DateTimeOffset.UnixEpoch.AddMinutes(3))).MeasureAsync(CancellationToken.None);
        Assert.Equal([180.0], measured);

        await desk.ExecuteAsync("delete from billing_management.outbox where tenant_id = @tenant", new { tenant });
    }

    [Fact]
    public async Task Any_number_of_messages_to_a_destination_that_refuses_hold_up_nobody_else()
    {
        var tenant = TenantId.Parse(await desk.NewTenantAsync());
        var invoice = Guid.CreateVersion7();
        // Three batches of them, all older than the one that can leave.
        await desk.ExecuteAsync(
            """
            insert into billing_management.outbox (id, tenant_id, destination, subject, body, created_at, available_at)
            select overlay(gen_random_uuid()::text placing '00000000-0000-7' from 1 for 15)::uuid, @tenant, 'no-such-queue', 'InvoiceIssued', '{}', now(), now()
            from generate_series(1, 1500)
            """,
            new { tenant = tenant.Value });
        await using var database = OpenAsBilling();
        await using (var transaction = await database.BeginAsync(tenant, CancellationToken.None))
        {
            await transaction.PublishAsync(Issued(invoice), DateTimeOffset.UnixEpoch.AddYears(50), CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await Eventually.HoldsAsync(async () => await CountSentAsync(invoice) == 1, "The good message waits behind the bad ones.");
        await Eventually.HoldsAsync(
            async () => await CountWaitingAsync("billing_management", tenant.Value) == 1500, "The messages that nobody takes do not wait alone.");
        await desk.ExecuteAsync("delete from billing_management.outbox where tenant_id = @tenant", new { tenant = tenant.Value });
    }

    [Fact]
    public async Task A_message_that_cannot_be_done_is_put_aside_and_the_others_go_on()
    {
        var tenant = await desk.NewTenantAsync();
        var message = Created(tenant);
        var poison = await DeliverAsync(message.Type, $"no envelope at all {tenant}");
        await DeliverAsync(message.Type, message.ToJson());

        await Eventually.HoldsAsync(async () => await CountInvoicesAsync(tenant) == 1, "The good message waits behind the bad one.");
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<bool>(
                "select dead_letter_reason is not null from local_broker.messages where message_id = @poison", new { poison }),
            "The bad message was not given up.");
        var (path, deliveries) = await desk.ReadAsync<(string, int)>(
            "select path, delivery_count from local_broker.messages where message_id = @poison", new { poison });
        Assert.Equal("business-events/billing" + LocalBroker.DeadLetterSuffix, path);
        Assert.Equal(Topology.MaxDeliveryCount, deliveries);
    }

    [Fact]
    public async Task A_contract_that_is_newer_than_the_code_is_kept_for_the_code_that_knows_it()
    {
        var tenant = await desk.NewTenantAsync();
        var message = Created(tenant);
        var id = await DeliverAsync(message.Type, (message with { Type = "SubscriptionCreatedV2" }).ToJson());

        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<bool>("select dead_letter_reason is not null from local_broker.messages where message_id = @id", new { id }),
            "The message was not put aside.");
        Assert.Equal("business-events/billing" + LocalBroker.DeadLetterSuffix, await desk.ReadAsync<string>(
            "select path from local_broker.messages where message_id = @id", new { id }));
        Assert.Equal(0, await CountInvoicesAsync(tenant));
        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from billing_management.inbox where tenant_id = @tenant", new { tenant }));
    }

    private static InvoiceIssued Issued(Guid invoice) => new(
        invoice, "INV-TEST", Guid.CreateVersion7(), null, new Money(531690, Currency.Idr), DateTimeOffset.UnixEpoch);

    private static Envelope Created(string tenant) => Envelope.Of(
        new SubscriptionCreated(
            Guid.CreateVersion7(), Guid.CreateVersion7(), "pro", "Pro", "monthly", new Money(479000, Currency.Idr),
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(31)),
        TenantId.Parse(tenant), DateTimeOffset.UnixEpoch, traceParent: null);

    private Database OpenAsBilling() => desk.Open(ServiceIdentity.Billing);

    // A transport's id of its own each time: the broker takes it for something new, and only the inbox knows better.
    private async Task<string> DeliverAsync(string subject, string body)
    {
        var id = Guid.CreateVersion7().ToString();
        await desk.Broker.SendAsync(Topology.BusinessEvents, [new OutgoingMessage(id, subject, body)], CancellationToken.None);
        return id;
    }

    private Task UntilDrainedAsync() => Eventually.HoldsAsync(
        async () => await desk.ReadAsync<long>("select count(*) from local_broker.messages where path = 'business-events/billing'") == 0,
        "Billing did not finish its messages.");

    private Task<long> CountInvoicesAsync(string tenant) => desk.ReadAsync<long>(
        "select count(*) from billing_management.invoices where tenant_id = @tenant", new { tenant });

    private Task<long> CountWaitingAsync(string schema, string tenant) =>
        desk.ReadAsync<long>($"select count(*) from {schema}.outbox where tenant_id = @tenant", new { tenant });

    private Task<long> CountSentAsync(object part) => desk.ReadAsync<long>(Sent, new { part = $"%{part}%" });
}
