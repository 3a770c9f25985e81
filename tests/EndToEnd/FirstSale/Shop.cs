using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

/// <summary>All five apps and the simulators as processes, on a database of their own that notes every message the broker takes.</summary>
public sealed class Shop(StackFixture stack) : IAsyncLifetime
{
    /// <summary>How long the broker waits for a consumer that died; half a minute would be the local stack's.</summary>
    public static readonly TimeSpan MessageLock = TimeSpan.FromSeconds(2);

    // Rows of the broker and of the outboxes go when their work is done. The journal keeps what was enqueued where, and how often.
    private const string Journal = """
        create table message_journal (number bigint generated always as identity, path text, message_id text, subject text, body jsonb);
        create function note_message() returns trigger language plpgsql security definer set search_path = public as $$
        begin
            insert into message_journal (path, message_id, subject, body) values (new.path, new.message_id, new.subject, new.body::jsonb);
            return null;
        end $$;
        create trigger note_message after insert on local_broker.messages for each row execute function note_message();
        """;

    private TestDatabase? _database;
    private TestApps? _apps;
    private int _buyers;

    public TestApps Apps => _apps!;

    public async ValueTask InitializeAsync()
    {
        _database = await stack.CreateDatabaseAsync();
        await ExecuteAsync(Journal);
        await ExecuteAsync("update local_broker.entities set lock_duration = @MessageLock", new { MessageLock });
        _apps = await _database.StartAppsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_apps is not null)
            await _apps.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>A tenant of its own with one person, who is registered, signed in and has linked a Telegram chat.</summary>
    public async Task<Buyer> WelcomeBuyerAsync()
    {
        // Engines other than PostgreSQL are shared, so the name is used by nobody else.
        var number = Interlocked.Increment(ref _buyers);
        var tenant = $"shop{number}-{Guid.CreateVersion7():N}";
        await ExecuteAsync(
            "insert into user_management.tenants (id, name, default_currency, locale) values (@tenant, 'A shop', 'IDR', 'en')",
            new { tenant });
        var buyer = new Buyer(this, tenant, chat: 700_000 + number);
        await buyer.RegisterAsync();
        await buyer.SignInAsync();
        await buyer.LinkTelegramAsync();
        return buyer;
    }

    /// <summary>The transfer arrives at the bank, which tells us as <paramref name="notification"/> says.</summary>
    public Task SettleAsync(JsonNode payment, object? notification = null) =>
        ControlAsync(Apps.Midtrans, $"transactions/{payment["orderId"]}/settle", new { notification });

    /// <summary>Makes one of the simulators do something.</summary>
    public static async Task ControlAsync(Uri simulator, string path, object body)
    {
        using var client = new HttpClient { BaseAddress = simulator };
        using var answer = await client.PostAsJsonAsync($"control/{path}", body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>What one of the simulators has seen.</summary>
    public static async Task<JsonNode> InspectAsync(Uri simulator, string path)
    {
        using var client = new HttpClient { BaseAddress = simulator };
        return JsonNode.Parse(await client.GetStringAsync($"control/{path}"))!;
    }

    /// <summary>Waits until no message is on its way between any two services.</summary>
    /// <param name="besides">A queue or subscription that may hold some.</param>
    public Task WaitUntilQuietAsync(string besides = "") => Eventually.HoldsAsync(
        async () => (await QueryAsync<string>(
            """
            select path from local_broker.messages where path not like '%/$DeadLetterQueue' and path <> @besides
            union all select destination from user_management.outbox
            union all select destination from subscription_management.outbox
            union all select destination from payment_management.outbox
            union all select destination from notification_management.outbox
            union all select destination from billing_management.outbox
            """,
            new { besides })).Count == 0,
        "Messages are still on their way between the services.");

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var owner = await OpenAsync();
        return (await owner.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var owner = await OpenAsync();
        await owner.ExecuteAsync(sql, parameters);
    }

    /// <summary>A connection of the owner, who sees all tenants.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var owner = new NpgsqlConnection(_database!.OwnerConnectionString);
        await owner.OpenAsync();
        return owner;
    }

    /// <summary>A folder that goes with the engines.</summary>
    public string TemporaryFolder(string name) => stack.Folder.Of($"{name}-{Guid.CreateVersion7():N}");
}
