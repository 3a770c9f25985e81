using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Payments;

[CollectionDefinition]
public sealed class PaymentsCollection : ICollectionFixture<PaymentsDesk>;

/// <summary>The payments app as a process, the provider's simulator with one merchant, and a service that may ask for money.</summary>
public class PaymentsDesk(StackFixture stack) : IAsyncLifetime
{
    /// <summary>The made-up key with which the documentation signs its examples.</summary>
    public const string ServerKey = "askvnoibnosifnboseofinbofinfgbiufglnbfg";

    public const string Tenant = "default";

    /// <summary>With the second proof that the local settings ask for.</summary>
    public const string Webhook = "v1/webhooks/midtrans?token=local-midtrans-webhook-secret";

    private TestDatabase? _database;
    private TestApps? _apps;
    private TestSessions? _sessions;

    public TestDatabase Database => _database!;
    public TestApps Apps => _apps!;
    public HttpClient Payments { get; private set; } = null!;
    public HttpClient Midtrans { get; private set; } = null!;

    /// <summary>How the app is set up; the host's zone is an odd one, because no time of the provider may depend on it.</summary>
    protected virtual Dictionary<string, string?> Settings { get; } = new()
    {
        ["MIDTRANS_SERVER_KEY"] = ServerKey, ["MIDTRANS_TIMEOUT_SECONDS"] = "2", ["TZ"] = "America/St_Johns",
    };

    public virtual async ValueTask InitializeAsync()
    {
        _database = await stack.CreateDatabaseAsync(seeded: true);
        _apps = await _database.StartAppsAsync(Settings, FunctionApp.Payments);
        Payments = As(Tenant);
        Midtrans = new HttpClient { BaseAddress = _apps.Midtrans };
        var notificationUrl = new Uri(Payments.BaseAddress!, Webhook);
        await ControlAsync("merchants", new { serverKey = ServerKey, merchantId = "G000000000", notificationUrl });
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Payments?.Dispose();
        Midtrans?.Dispose();
        if (_sessions is not null)
            await _sessions.DisposeAsync();
        if (_apps is not null)
            await _apps.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>Billing, speaking for that tenant.</summary>
    public HttpClient As(string tenant)
    {
        var client = new HttpClient(new AsBilling(TokensOfBilling())) { BaseAddress = new Uri(Apps.Endpoints.Url(FunctionApp.Payments)) };
        client.DefaultRequestHeaders.Add("X-Tenant-ID", tenant);
        return client;
    }

    public async Task<string> NewTenantAsync()
    {
        var tenant = $"t-{Guid.CreateVersion7():N}";
        await QueryAsync<int>("insert into user_management.tenants (id, name) values (@tenant, 'Test')", new { tenant });
        return tenant;
    }

    /// <summary>A client in the name of a user with these permissions; the first one starts Users, whose keys the app reads.</summary>
    public async Task<HttpClient> SignInAsync(Guid user, string tenant = Tenant, params string[] permissions)
    {
        if (_sessions is null)
        {
            await Apps.StartAppAsync(FunctionApp.Users);
            await using var owner = NpgsqlDataSource.Create(Database.OwnerConnectionString);
            _sessions = await TestSessions.OpenAsync(Apps, await TestSigningKey.PublishAsync(owner, Apps));
        }

        return Apps.Client(FunctionApp.Payments, tenant, await _sessions.SignInAsync(tenant, user, permissions));
    }

    /// <summary>What the provider's script in a browser gets for a card.</summary>
    public async Task<string> CardTokenAsync(string number = "4811111111111114") =>
        (string)JsonNode.Parse(await Midtrans.GetStringAsync($"v2/token?client_key=any&card_number={number}&card_cvv=123"))!["token_id"]!;

    /// <summary>An answer's status and body.</summary>
    public static async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(HttpClient client, string path, object? body = null)
    {
        using var answer = await client.PostAsJsonAsync(path, body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Everything the app has written to its log so far.</summary>
    public async Task<string> ReadLogAsync()
    {
        using var log = new StreamReader(new FileStream(Apps[FunctionApp.Payments].LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await log.ReadToEndAsync();
    }

    public static object Request(
        Guid? invoice = null, string bank = "bca", decimal amount = 531690, string currency = "IDR", string method = "bank_transfer") => new
    {
        invoiceId = invoice ?? Guid.CreateVersion7(),
        userId = Guid.CreateVersion7(),
        amount = new { amount, currency },
        method,
        bank,
        description = "Pro, monthly",
        customer = new { firstName = "Budi", email = "user@example.com" },
    };

    /// <summary>A pending payment with its instructions.</summary>
    public Task<JsonNode> ChargeAsync(Guid? invoice = null, string bank = "bca") => ChargeAsync(Request(invoice, bank));

    /// <inheritdoc cref="ChargeAsync(Guid?, string)"/>
    public async Task<JsonNode> ChargeAsync(object request)
    {
        var (status, body) = await PostAsync(Payments, "v1/payments", request);
        Assert.True(status == HttpStatusCode.Created, $"{status}: {body}");
        return body!;
    }

    /// <summary>A payment by another method than a bank's, with what that takes.</summary>
    public static object By(string method, Guid? user = null, Guid? invoice = null, string? cardToken = null, object? more = null)
    {
        var request = JsonSerializer.SerializeToNode(Request(invoice, method: method))!.AsObject();
        request.Remove("bank");
        request["userId"] = user ?? Guid.CreateVersion7();
        if (cardToken is not null)
            request["cardToken"] = cardToken;
        foreach (var (name, value) in more is null ? [] : JsonSerializer.SerializeToNode(more)!.AsObject().ToList())
            request[name] = value?.DeepClone();
        return request;
    }

    /// <summary>The address that a tenant gives to the provider, with the token that is his.</summary>
    public static string WebhookOf(string tenant) =>
        $"v1/webhooks/midtrans/{tenant}{WebhookGate.QueryOf(new MidtransOptions { WebhookSecret = "local-midtrans-webhook-secret" }, TenantId.Parse(tenant))}";

    public async Task<JsonNode> ReadAsync(string id) => JsonNode.Parse(await Payments.GetStringAsync($"v1/payments/{id}"))!;

    public Task WaitForStatusAsync(string id, string status) =>
        WaitForAsync(async () => (string?)(await ReadAsync(id))["status"] == status, $"The payment did not become {status}.");

    /// <summary>Polls until the condition holds; otherwise the sentence says what is wrong.</summary>
    public static Task WaitForAsync(Func<Task<bool>> condition, string otherwise) => Eventually.HoldsAsync(condition, otherwise);

    /// <summary>What the simulator is told to do; its answer.</summary>
    public async Task<JsonNode?> ControlAsync(string path, object? body = null)
    {
        using var answer = await Midtrans.PostAsJsonAsync($"control/{path}", body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Posts a notification as it stands.</summary>
    public async Task<HttpResponseMessage> NotifyAsync(string body, string path = Webhook)
    {
        using var client = Apps.Client(FunctionApp.Payments, tenant: null);
        return await client.PostAsync(path, new ByteArrayContent(Encoding.UTF8.GetBytes(body))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        });
    }

    /// <summary>Statuses with which the app has answered the order's notifications that say this.</summary>
    public async Task<int?[]> AnswersAsync(string orderId, string transactionStatus)
    {
        var attempts = JsonNode.Parse(await Midtrans.GetStringAsync($"control/notifications?orderId={orderId}"))!.AsArray();
        return [.. attempts.Where(attempt => (string?)JsonNode.Parse((string)attempt!["body"]!)!["transaction_status"] == transactionStatus)
            .Select(attempt => (int?)attempt!["status"])];
    }

    public async Task<IReadOnlyList<string>> HistoryAsync(string payment) =>
        await QueryAsync<string>(
            "select event_type from payment_management.payment_events where payment_id = @id order by id",
            new { id = Guid.Parse(payment) });

    /// <summary>The facts of one payment that have left for other services, once the outbox is empty.</summary>
    public async Task<IReadOnlyList<string>> FactsAsync(string payment)
    {
        await WaitForAsync(
            async () => (await QueryAsync<long>("select count(*) from payment_management.outbox", null))[0] == 0,
            "The outbox is not drained.");
        return await QueryAsync<string>(
            """
            select min(subject) from local_broker.messages
            where path like 'business-events/%' and body like @part
            group by message_id
            order by min(sequence_number)
            """,
            new { part = $"%{payment}%" });
    }

    /// <summary>A fact of another service; of this moment when not told otherwise.</summary>
    public async Task PublishAsync(BusinessEvent fact, DateTimeOffset? occurredAt = null)
    {
        var envelope = Envelope.Of(fact, TenantId.Parse(Tenant), occurredAt ?? Apps.Clock.Now, null);
        await using var broker = NpgsqlDataSource.Create(Database.BrokerConnectionString);
        var message = new OutgoingMessage(envelope.Id.ToString(), envelope.Type, envelope.ToJson());
        await new LocalBroker(broker).SendAsync(Topology.BusinessEvents, [message], CancellationToken.None);
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters)
    {
        await using var owner = new NpgsqlConnection(Database.OwnerConnectionString);
        return (await owner.QueryAsync<T>(sql, parameters)).AsList();
    }

    private ServiceToken TokensOfBilling()
    {
        var secret = LocalSettings.Shared(Apps.Endpoints)["JWT_SECRET"]!;
        return new ServiceToken(Options.Create(new TokenOptions { Secret = secret }), ServiceIdentity.Billing, new TimeOfApps(Apps.Clock));
    }

    // A token lives for five minutes of the apps' time, which tests move.
    private sealed class AsBilling(ServiceToken tokens) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Create(ServiceIdentity.Payments.Key));
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class TimeOfApps(ClockFile clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.Now;
    }
}
