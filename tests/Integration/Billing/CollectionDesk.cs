using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Billing;
using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Dunning;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Billing;

[CollectionDefinition]
public sealed class CollectionCollection : ICollectionFixture<CollectionDesk>;

/// <summary>Billing and Payments as processes, the provider's simulator, and users who are signed in without passwords.</summary>
public sealed class CollectionDesk(StackFixture stack) : BillingDesk(stack, FunctionApp.Payments)
{
    private Database? billing;
    private TimeProvider? time;

    public HttpClient Midtrans { get; private set; } = null!;

    /// <summary>The day's run as another instance of the app does it; it returns when it is done.</summary>
    public RunDunning Dunning => new(billing!, new DunningStore(billing!), Spend, Pages, new HistoryStore(billing!), Clocks, Time);

    public RemindUnpaid Reminders => new(billing!, new DunningStore(billing!), Pages, new HistoryStore(billing!), Clocks, Time);

    private SpendCredit Spend
    {
        get
        {
            var (charges, credits, history) = (new ChargeCreditStore(), new CreditStore(billing!), new HistoryStore(billing!));
            var write = new WriteCreditNote(
                new CreditNoteStore(billing!), new SellerStore(billing!), new BalanceStore(), credits, charges, new GiveBack(charges, credits, history),
                new ReturnCoupons(new CouponStore(billing!), history), history);
            var invoices = new InvoiceStore(billing!);
            return new SpendCredit(billing!, invoices, new LowerOpen(charges, credits, invoices, write), Time, NullLogger<SpendCredit>.Instance);
        }
    }

    private TenantPages Pages => new(new DunningPolicyStore(billing!), NullLogger<TenantPages>.Instance);

    private BillingTime Time => new(time!);

    private TenantClocks Clocks => new(new TestClockStore(billing!), Time, time!, new HostingEnvironment { EnvironmentName = Environments.Development });

    // Jakarta has another day and another month than UTC for seven hours: nothing here may notice. The day's runs are the tests' own: one that a
    // jump of the clock started would hold invoices which theirs would pass by.
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["TZ"] = "Asia/Jakarta",
        ["MIDTRANS_TIMEOUT_SECONDS"] = "2",
        ["AzureWebJobs_RunDunning_Disabled"] = "true",
        ["AzureWebJobs_RemindUnpaid_Disabled"] = "true",
    };

    public override async ValueTask InitializeAsync()
    {
        DapperSetup.MapEnum<InvoiceStatus>();
        DapperSetup.MapEnum<TaxMode>();
        await base.InitializeAsync();
        time = new TimeOfApps(Apps.Clock);
        billing = OpenAsBilling(Database);
        Midtrans = new HttpClient { BaseAddress = Apps.Midtrans };
        var settings = LocalSettings.Shared(Apps.Endpoints);
        await ControlAsync("merchants", new
        {
            serverKey = settings["MIDTRANS_SERVER_KEY"],
            merchantId = "G000000000",
            notificationUrl = new Uri(
                new Uri(Apps.Endpoints.Url(FunctionApp.Payments)), $"v1/webhooks/midtrans?token={settings["MIDTRANS_WEBHOOK_SECRET"]}"),
        });
    }

    public override async ValueTask DisposeAsync()
    {
        Midtrans?.Dispose();
        await (billing?.DisposeAsync() ?? ValueTask.CompletedTask);
        await base.DisposeAsync();
    }

    /// <summary>A tenant that no other test uses, with one payer and an administrator.</summary>
    public async Task<Payer> WelcomeAsync() => await JoinAsync(await NewTenantAsync());

    /// <summary>One more payer of a tenant.</summary>
    public async Task<Payer> JoinAsync(string tenant)
    {
        var user = Guid.CreateVersion7();
        return new Payer(
            this, tenant, user, await ClientAsync(FunctionApp.Billing, tenant, user), await ClientAsync(FunctionApp.Payments, tenant, user),
            await ClientAsync(FunctionApp.Billing, tenant, Guid.CreateVersion7(), "*"));
    }

    // Signed in for longer than any test moves the clock.
    public async Task<HttpClient> ClientAsync(FunctionApp app, string tenant, Guid user, params string[] permissions) => Apps.Client(
        app, tenant, await Sessions.SignInAsync(tenant, user, permissions, token => token.Expires = Now.UtcDateTime.AddYears(5)));

    /// <summary>Billing, speaking to Payments.</summary>
    public HttpClient AsBilling(string tenant) =>
        Apps.Client(FunctionApp.Payments, tenant, Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Payments));

    /// <summary>Tells what another service would tell; the message.</summary>
    public async Task<Envelope> TellAsync(string tenant, BusinessEvent fact)
    {
        var envelope = Envelope.Of(fact, TenantId.Parse(tenant), Now, null);
        await TellAsync(envelope);
        return envelope;
    }

    /// <summary>Tells it, or tells it again, as the broker may: its own id is new each time.</summary>
    public Task TellAsync(Envelope envelope) => new LocalBroker(Broker).SendAsync(
        Topology.BusinessEvents, [new OutgoingMessage(Guid.CreateVersion7().ToString(), envelope.Type, envelope.ToJson())], CancellationToken.None);

    /// <summary>Waits until Billing has heard everything that was told it.</summary>
    public Task UntilHeardAsync() => WaitForAsync(
        async () => (await QueryAsync<long>(
            """
            select (select count(*) from local_broker.messages where path = 'business-events/billing')
                 + (select count(*) from payment_management.outbox)
            """))[0] == 0,
        "Billing has not heard everything.");

    /// <summary>What the simulator is told to do; its answer.</summary>
    public async Task<JsonNode?> ControlAsync(string path, object? body = null)
    {
        using var answer = await Midtrans.PostAsJsonAsync($"control/{path}", body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private static Database OpenAsBilling(TestDatabase database)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.AppConnectionString("billing"));
        var options = new DatabaseOptions
        {
            Host = connection.Host!, Port = connection.Port, Database = connection.Database!, Password = connection.Password!,
        };
        return new Database(Options.Create(options), ServiceIdentity.Billing, new OutboxSignal());
    }

    private sealed class TimeOfApps(ClockFile clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.Now;
    }
}

/// <summary>A user who owes, in a tenant of his own.</summary>
public sealed class Payer(CollectionDesk desk, string tenant, Guid user, HttpClient billing, HttpClient payments, HttpClient administrator)
{
    public string Tenant => tenant;
    public Guid User => user;
    public HttpClient Billing => billing;
    public HttpClient Payments => payments;
    public HttpClient Administrator => administrator;

    /// <summary>An invoice over these lines, with a period that begins now.</summary>
    public Task<Guid> OweAsync(params decimal[] lines) => OweAsync(Guid.CreateVersion7(), lines);

    /// <inheritdoc cref="OweAsync(decimal[])"/>
    public async Task<Guid> OweAsync(Guid subscription, params decimal[] lines)
    {
        var charge = Guid.CreateVersion7();
        await desk.TellAsync(tenant, new SubscriptionChargeDue(
            charge, subscription, user, "test", desk.Now, desk.Now.AddDays(30),
            [.. lines.Select((line, place) => new ChargeLine($"line {place + 1}", 1, Idr(line), Idr(line)))]));
        var found = new List<Guid>();
        await CollectionDesk.WaitForAsync(
            async () =>
            {
                found.AddRange(await desk.QueryAsync<Guid>(
                    "select id from billing_management.invoices where tenant_id = @tenant and charge_id = @charge", new { tenant, charge }));
                return found.Count > 0;
            },
            "The invoice was not issued.");
        return found[0];
    }

    public PaymentSucceeded Paid(Guid invoice, decimal amount, Guid? payment = null) =>
        new(payment ?? Guid.CreateVersion7(), invoice, user, null, Idr(amount), "gopay", desk.Now);

    /// <summary>A payment as Payments tells it, heard.</summary>
    public async Task<Guid> PayAsync(Guid invoice, decimal amount)
    {
        var paid = Paid(invoice, amount);
        await desk.TellAsync(tenant, paid);
        await desk.UntilHeardAsync();
        return paid.PaymentId;
    }

    public async Task TellAsync(BusinessEvent fact)
    {
        await desk.TellAsync(tenant, fact);
        await desk.UntilHeardAsync();
    }

    /// <summary>Keeps a card by paying an invoice that is no matter here, at Payments alone.</summary>
    public async Task KeepCardAsync(string number = "4811111111111114")
    {
        var token = (string)JsonNode.Parse(await desk.Midtrans.GetStringAsync($"v2/token?client_key=any&card_number={number}&card_cvv=123"))!["token_id"]!;
        using var client = desk.AsBilling(tenant);
        var (status, payment) = await PostAsync(client, "v1/payments", new
        {
            invoiceId = Guid.CreateVersion7(), userId = user, amount = Idr(1000), method = "credit_card", description = "card", cardToken = token,
            saveMethod = true,
        });
        Assert.True(status == HttpStatusCode.Created, $"{status}: {payment}");
        await desk.ControlAsync($"transactions/{payment!["orderId"]}/authenticate");
        await CollectionDesk.WaitForAsync(
            async () => JsonNode.Parse(await payments.GetStringAsync("v1/payment-methods"))!["items"]!.AsArray().Count > 0, "No card is kept.");
        await desk.UntilHeardAsync();
        // What the card was kept with fits no invoice and became credit; it would only confuse.
        await desk.ExecuteAsync(
            """
            delete from billing_management.payments_received where tenant_id = @tenant and user_id = @user;
            delete from billing_management.credit_entries where tenant_id = @tenant and user_id = @user;
            delete from billing_management.credit_balances where tenant_id = @tenant and user_id = @user;
            delete from billing_management.billing_history where tenant_id = @tenant and user_id = @user and event_type = 'payment_unmatched';
            """,
            new { tenant, user });
    }

    /// <summary>Status, paid, credited and due.</summary>
    public async Task<string> StateAsync(Guid invoice)
    {
        var read = await GetAsync($"v1/invoices/{invoice}");
        return $"{read["status"]} {Amount(read, "amountPaid")} {Amount(read, "amountCredited")} {Amount(read, "amountDue")}";
    }

    public async Task<decimal> CreditAsync() =>
        (await GetAsync("v1/credit-balances"))["items"]!.AsArray().Sum(item => (decimal)item!["balance"]!["amount"]!);

    /// <summary>Types of the events of an invoice, oldest first.</summary>
    public async Task<IReadOnlyList<string>> HistoryAsync(Guid invoice) =>
        [.. (await GetAsync($"v1/billing-history?invoice={invoice}&limit=100"))["items"]!.AsArray().Select(item => (string)item!["type"]!).Reverse()];

    /// <summary>The facts of that name about an invoice that Billing has told, once its outbox is empty.</summary>
    public async Task<IReadOnlyList<JsonNode>> FactsAsync(string subject, Guid invoice)
    {
        await desk.RunTimerAsync("SweepOutbox");
        await CollectionDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>("select count(*) from billing_management.outbox where tenant_id = @tenant", new { tenant }))[0] == 0,
            "Billing's outbox is not drained.");
        var bodies = await desk.QueryAsync<string>(
            """
            select min(body) from local_broker.messages
            where path like 'business-events/%' and subject = @subject and body like @part
            group by message_id
            order by min(sequence_number)
            """,
            new { subject, part = $"%{invoice}%" });
        return [.. bodies.Select(body => JsonNode.Parse(body)!)];
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await billing.GetStringAsync(path))!;

    /// <summary>So much more in the balance.</summary>
    public Task GiveAsync(decimal amount) => PostAsync(
        administrator, "v1/credit-adjustments", new { userId = user, amount = Idr(amount), reason = "gift" });

    /// <summary>Kinds of the differences that the month's reconciliation finds; payments that Payments never had are no matter here.</summary>
    public async Task<IEnumerable<string>> DifferencesAsync() =>
        JsonNode.Parse(await administrator.GetStringAsync($"v1/reports/reconciliation?month={desk.Now:yyyy-MM}"))!["differences"]!.AsArray()
            .Select(one => (string)one!["kind"]!).Where(kind => kind != "payment_unknown_to_payments");

    /// <summary>A credit note over all that is left of an invoice, or over so much of each line.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> CreditAsync(
        Guid invoice, string settlement = "credit", params (Guid Line, decimal Amount)[] lines) => await PostAsync(
        administrator, $"v1/invoices/{invoice}/credit-notes",
        lines.Length == 0
            ? new { reason = "test", settlement }
            : new { reason = "test", settlement, lines = lines.Select(line => new { lineId = line.Line, amount = Idr(line.Amount) }) });

    public async Task<Guid[]> LinesAsync(Guid invoice) =>
        [.. (await GetAsync($"v1/invoices/{invoice}"))["lines"]!.AsArray().Select(line => (Guid)line!["id"]!)];

    public static async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public static decimal Amount(JsonNode node, string name) => (decimal)node[name]!["amount"]!;

    public static Money Idr(decimal amount) => new(amount, Currency.Idr);
}
