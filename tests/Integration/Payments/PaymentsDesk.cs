using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>The payments app as a process, the provider's simulator with one merchant, and a service that may ask for money.</summary>
public sealed class PaymentsDesk(StackFixture stack) : IAsyncLifetime
{
    /// <summary>The made-up key with which the documentation signs its examples.</summary>
    public const string ServerKey = "askvnoibnosifnboseofinbofinfgbiufglnbfg";

    public const string Tenant = "default";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestDatabase? _database;
    private TestApps? _apps;

    public TestDatabase Database => _database!;
    public TestApps Apps => _apps!;
    public HttpClient Payments { get; private set; } = null!;
    public HttpClient Midtrans { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await stack.CreateDatabaseAsync(seeded: true);
        var settings = new Dictionary<string, string?> { ["MIDTRANS_SERVER_KEY"] = ServerKey, ["MIDTRANS_TIMEOUT_SECONDS"] = "2" };
        _apps = await _database.StartAppsAsync(settings, FunctionApp.Payments);
        Payments = new HttpClient(new AsBilling(TokensOfBilling())) { BaseAddress = new Uri(_apps.Endpoints.Url(FunctionApp.Payments)) };
        Payments.DefaultRequestHeaders.Add("X-Tenant-ID", Tenant);
        Midtrans = new HttpClient { BaseAddress = _apps.Midtrans };
        var notificationUrl = new Uri(Payments.BaseAddress!, "v1/webhooks/midtrans");
        await ControlAsync("merchants", new { serverKey = ServerKey, merchantId = "G000000000", notificationUrl });
    }

    public async ValueTask DisposeAsync()
    {
        Payments?.Dispose();
        Midtrans?.Dispose();
        if (_apps is not null)
            await _apps.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
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
    public async Task<JsonNode> ChargeAsync(Guid? invoice = null, string bank = "bca")
    {
        using var answer = await Payments.PostAsJsonAsync("v1/payments", Request(invoice, bank));
        Assert.Equal("Created", answer.StatusCode.ToString());
        return (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync()))!;
    }

    public async Task<JsonNode> ReadAsync(string id) => JsonNode.Parse(await Payments.GetStringAsync($"v1/payments/{id}"))!;

    public Task WaitForStatusAsync(string id, string status) =>
        WaitForAsync(async () => (string?)(await ReadAsync(id))["status"] == status, $"The payment did not become {status}.");

    /// <summary>Polls until the condition holds; otherwise the sentence says what is wrong.</summary>
    public static async Task WaitForAsync(Func<Task<bool>> condition, string otherwise)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < Patience, otherwise);
            await Task.Delay(100);
        }
    }

    /// <summary>What the simulator is told to do; its answer.</summary>
    public async Task<JsonNode?> ControlAsync(string path, object? body = null)
    {
        using var answer = await Midtrans.PostAsJsonAsync($"control/{path}", body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Posts a notification as it stands.</summary>
    public async Task<HttpResponseMessage> NotifyAsync(string body, string path = "v1/webhooks/midtrans")
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
