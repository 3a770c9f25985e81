using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Billing;

[CollectionDefinition]
public sealed class FacesCollection : ICollectionFixture<FacesDesk>;

/// <summary>Billing, Payments and Notifications as processes. Subscriptions are told as that service would tell them.</summary>
public sealed class FacesDesk(StackFixture stack) : BillingDesk(stack, FunctionApp.Payments, FunctionApp.Notifications)
{
    protected override Dictionary<string, string?> Settings => [];

    public SignedLinks Links { get; private set; } = null!;
    public string Storage => Stack.Engines.Azurite.ConnectionString;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Links = new SignedLinks(Options.Create(new TokenOptions { Secret = LocalSettings.Shared(Apps.Endpoints)["JWT_SECRET"]! }));
    }

    protected override Task PrepareAsync() => ExecuteAsync("update local_broker.entities set lock_duration = interval '2 seconds'");

    /// <summary>A tenant that no other test uses, with one user of it.</summary>
    public async Task<BilledUser> WelcomeAsync(params string[] permissions)
    {
        var tenant = $"faces-{Guid.CreateVersion7():N}";
        await ExecuteAsync(
            """
            insert into user_management.tenants (id, name, default_currency, locale, time_zone)
            values (@tenant, 'Toko & Anak <Jakarta>', 'IDR', 'id', 'Asia/Jakarta')
            """,
            new { tenant });
        return await JoinAsync(tenant, permissions);
    }

    public async Task<BilledUser> JoinAsync(string tenant, params string[] permissions)
    {
        var user = Guid.CreateVersion7();
        var token = await Sessions.SignInAsync(tenant, user, permissions, claims => claims.Expires = Now.UtcDateTime.AddYears(5));
        return new BilledUser(this, tenant, user, Apps.Client(FunctionApp.Billing, tenant, token));
    }

    /// <summary>Somebody without a name, who follows no redirect by himself.</summary>
    public HttpClient Anybody() => new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri(Apps.Endpoints.Url(FunctionApp.Billing)),
    };

    public string PayToken(string tenant, Guid invoice, DateTimeOffset? expires = null) =>
        Links.Create(SignedLinks.InvoicePage, new SignedLink(TenantId.Parse(tenant), invoice, expires ?? Now.AddDays(30)));

    /// <summary>Holds a lock that others are made to ask for.</summary>
    public async Task<AdvisoryGate> HoldAsync(int key)
    {
        var connection = await Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("select pg_advisory_lock(@key)", new { key });
        return new AdvisoryGate(this, connection);
    }

    /// <summary>The transfer arrives at the bank.</summary>
    public async Task SettleAsync(string orderId)
    {
        using var midtrans = new HttpClient { BaseAddress = Apps.Midtrans };
        using var answer = await midtrans.PostAsJsonAsync($"control/transactions/{orderId}/settle", new { });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>A held advisory lock, and who waits for it.</summary>
public sealed class AdvisoryGate(FacesDesk desk, NpgsqlConnection holder) : IAsyncDisposable
{
    private const string Waiting = """
        from pg_locks
        where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
        """;

    public async Task<long> WaitingAsync() => (await desk.QueryAsync<long>($"select count(*) {Waiting}"))[0];

    /// <summary>The server would carry out what a killed process had asked for last.</summary>
    public Task EndWhoWaitAsync() => desk.ExecuteAsync($"select count(pg_terminate_backend(pid, 5000)) {Waiting}");

    // Closing the connection alone would leave the lock with the pool.
    public async ValueTask DisposeAsync()
    {
        await holder.ExecuteAsync("select pg_advisory_unlock_all()");
        await holder.DisposeAsync();
    }
}

/// <summary>A user with invoices.</summary>
public sealed class BilledUser(FacesDesk desk, string tenant, Guid user, HttpClient billing)
{
    public string Tenant => tenant;
    public Guid User => user;
    public HttpClient Billing => billing;

    /// <summary>One more invoice, over a price or over lines.</summary>
    public async Task<Guid> BillAsync(decimal amount = 3_453_454, string currency = "IDR", IReadOnlyList<ChargeLine>? lines = null)
    {
        var charge = Guid.CreateVersion7();
        var price = new Money(amount, Currency.Parse(currency));
        await desk.TellAsync(tenant, new SubscriptionCreated(
            Guid.CreateVersion7(), user, "pro", "Pro", "monthly", price, desk.Now, desk.Now.AddMonths(1), charge, lines));
        IReadOnlyList<Guid> found = [];
        await Eventually.HoldsAsync(
            async () => (found = await desk.QueryAsync<Guid>(
                "select id from billing_management.invoices where tenant_id = @tenant and charge_id = @charge", new { tenant, charge })).Count == 1,
            "The invoice was not issued.");
        return found[0];
    }

    /// <summary>Tells that the invoice's whole total has come in.</summary>
    public async Task PayAsync(Guid invoice)
    {
        var total = await GetAsync($"v1/invoices/{invoice}");
        var amount = new Money((decimal)total["total"]!["amount"]!, Currency.Parse((string)total["total"]!["currency"]!));
        await desk.TellAsync(tenant, new PaymentSucceeded(Guid.CreateVersion7(), invoice, user, null, amount, "bank_transfer", desk.Now));
        await WaitForStatusAsync(invoice, "paid");
    }

    public Task WaitForStatusAsync(Guid invoice, string status) => Eventually.HoldsAsync(
        async () => (string?)(await GetAsync($"v1/invoices/{invoice}"))["status"] == status, $"The invoice did not become {status}.");

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await billing.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object body, int expected = 200)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await billing.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == (int)answer.StatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asks until the invoice's document is made; the link to it.</summary>
    public Task<JsonNode> LinkAsync(Guid invoice) => LinkAsync($"v1/invoices/{invoice}");

    /// <inheritdoc cref="LinkAsync(Guid)"/>
    public async Task<JsonNode> LinkAsync(string subject)
    {
        JsonNode? link = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                using var answer = await billing.GetAsync($"{subject}/pdf");
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                    return false;
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                link = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
                return true;
            },
            "The document was not made.");
        return link!;
    }

    public Task<byte[]> DownloadAsync(Guid invoice) => DownloadAsync($"v1/invoices/{invoice}");

    public async Task<byte[]> DownloadAsync(string subject)
    {
        using var anybody = new HttpClient();
        return await anybody.GetByteArrayAsync((string)(await LinkAsync(subject))["url"]!);
    }
}
