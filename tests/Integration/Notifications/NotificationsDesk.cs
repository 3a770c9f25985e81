using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>The Notifications app with its bots and its mail server, and Users to sign in at. Each test takes users and chats of its own.</summary>
public sealed class NotificationsDesk(StackFixture stack) : IAsyncLifetime
{
    public static readonly Guid DemoUser = Guid.Parse("01930000-0000-7000-8000-0000000000a2");
    public const string Default = "default";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private TestDatabase? database;
    private TestApps? apps;
    private NpgsqlDataSource? tables;
    private NpgsqlDataSource? broker;
    private int lastChat = 5_000;

    public TestApps Apps => apps!;
    public HttpClient App { get; private set; } = null!;
    public HttpClient DemoCaller { get; private set; } = null!;
    public HttpClient Admin { get; private set; } = null!;
    public HttpClient Telegram { get; private set; } = null!;
    public HttpClient Mail { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        DapperSetup.Ensure();
        database = await stack.CreateDatabaseAsync(seeded: true);
        tables = NpgsqlDataSource.Create(database.OwnerConnectionString);
        broker = NpgsqlDataSource.Create(database.BrokerConnectionString);
        apps = await database.StartAppsAsync(FunctionApp.Users);
        await apps.StartAppAsync(FunctionApp.Notifications, new Dictionary<string, string?>
        {
            ["TELEGRAM_WEBHOOK_URL"] = apps.Endpoints.Url(FunctionApp.Notifications) + "/v1/telegram/webhook",
        });
        App = apps.Client(FunctionApp.Notifications, tenant: null);
        DemoCaller = apps.Client(FunctionApp.Notifications, accessToken: await SignInAsync("user@example.com", "Demo-user-2026"));
        Admin = apps.Client(FunctionApp.Notifications, accessToken: await SignInAsync("admin@example.com", "Demo-admin-2026"));
        Telegram = new HttpClient { BaseAddress = apps.Telegram };
        Mail = new HttpClient { BaseAddress = apps.Mail };
        await UntilAsync(
            async () => (await Telegram.GetFromJsonAsync<JsonArray>("control/bots"))!, bots => bots.All(bot => bot!["webhookUrl"] is not null));
    }

    public async ValueTask DisposeAsync()
    {
        if (apps is not null)
            await apps.DisposeAsync();
        if (tables is not null)
            await tables.DisposeAsync();
        if (broker is not null)
            await broker.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    /// <summary>A user known to the service, with a chat that the default bot may write to unless he shall have none.</summary>
    public async Task<(Guid User, long Chat)> NewUserAsync(bool hasChat = true, bool hasEmail = true, string locale = "en")
    {
        var user = Guid.CreateVersion7();
        var chat = NewChat();
        if (hasChat)
            (await Telegram.PostAsJsonAsync("control/chats", new { chatId = chat, bots = new[] { Default } })).EnsureSuccessStatusCode();
        const string sql = """
            insert into notification_management.user_notification_preferences
                (tenant_id, id, user_id, email, locale, telegram_chat_id, created_at, updated_at)
            values ('default', @user, @user, @email, @locale, @chat, now(), now())
            """;
        await using var connection = await tables!.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { user, email = hasEmail ? Address(user) : null, locale, chat = hasChat ? chat : (long?)null });
        if (hasChat)
            await LinkAsync(user, chat);
        return (user, chat);
    }

    /// <summary>Ties a chat to a user without asking Telegram; the chat has started the bot only if the caller says so.</summary>
    public Task LinkAsync(Guid user, long chat, string bot = Default) => QueryAsync<int>(
        """
        insert into notification_management.telegram_links (tenant_id, user_id, bot, chat_id, linked_at, updated_at)
        values ('default', @user, @bot, @chat, now(), now())
        on conflict (tenant_id, user_id, bot) do update set chat_id = excluded.chat_id, status = 'active'
        """,
        new { user, chat, bot });

    public async Task StartChatAsync(long chat, params string[] bots) =>
        (await Telegram.PostAsJsonAsync("control/chats", new { chatId = chat, bots })).EnsureSuccessStatusCode();

    /// <summary>Asks for a notification as an administrator of the tenant.</summary>
    public async Task<JsonNode> SendAsync(object request)
    {
        using var answer = await Admin.PostAsJsonAsync("v1/notifications", request);
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>How many messages the bot has asked Telegram to send, and what became of them.</summary>
    public async Task<BotCount> CountsAsync(string bot) =>
        (await Telegram.GetFromJsonAsync<List<BotCount>>("control/counts"))!.Single(count => count.Bot == bot);

    /// <summary>Puts the same notification on its queue several times.</summary>
    public Task QueueAsync(Guid notification, string queue, int times) => new LocalBroker(broker!).SendAsync(
        queue,
        [.. Enumerable.Range(0, times).Select(_ => new OutgoingMessage(
            Guid.NewGuid().ToString(), nameof(NotificationRequested),
            Envelope.Of(new NotificationRequested(notification), TenantId.Default, DateTimeOffset.UtcNow, null).ToJson()))],
        CancellationToken.None);

    /// <summary>Runs the sweep that repairs what a broker or a sender lost.</summary>
    public async Task SweepAsync() => (await App.PostAsJsonAsync("admin/functions/RetrySweep", new { })).EnsureSuccessStatusCode();

    /// <summary>Ends the pause of a bot before its time.</summary>
    public async Task ResumeAsync(string bot)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisAddress);
        await redis.GetDatabase().KeyDeleteAsync(CacheKeys.Bot(bot, "pause"));
    }

    /// <summary>Keeps the budget of a bot spent until it is disposed: who wants to be written by it stands in line.</summary>
    public async Task<BusyBot> KeepBusyAsync(string bot) => new(await ConnectionMultiplexer.ConnectAsync(RedisAddress), bot);

    /// <summary>The time that the app under test sees.</summary>
    public DateTimeOffset Now => apps!.Clock.Now;

    /// <summary>The settings of the app under test.</summary>
    public IReadOnlyDictionary<string, string?> Settings => LocalSettings.Shared(apps!.Endpoints);

    private string RedisAddress => $"{Settings["REDIS_HOST"]}:{Settings["REDIS_PORT"]},password={Settings["REDIS_PASSWORD"]}";

    public long NewChat() => Interlocked.Increment(ref lastChat);

    public static string Address(Guid user) => $"{user:N}@example.com";

    /// <summary>Puts a fact on the topic as a service's relay would; the same envelope may come several times.</summary>
    public Task PublishAsync(BusinessEvent fact, int times = 1) => DeliverAsync(Envelope.Of(fact, TenantId.Default, DateTimeOffset.UtcNow, null), times);

    public Task DeliverAsync(Envelope envelope, int times) => new LocalBroker(broker!).SendAsync(
        Topology.BusinessEvents,
        [.. Enumerable.Range(0, times).Select(_ => new OutgoingMessage(Guid.NewGuid().ToString(), envelope.Type, envelope.ToJson()))],
        CancellationToken.None);

    public async Task<IReadOnlyList<string>> TextsAsync(long chat)
    {
        using var answer = await Telegram.GetAsync($"control/chats/{chat}");
        var messages = answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonNode>())!["messages"]!.AsArray() : [];
        return [.. messages.Select(message => (string)message!["text"]!)];
    }

    public Task<IReadOnlyList<string>> TextsAsync(long chat, int count) => UntilAsync(() => TextsAsync(chat), texts => texts.Count >= count);

    public Task<JsonArray> MailsAsync(Guid user) => UntilAsync(
        async () => (await Mail.GetFromJsonAsync<JsonArray>($"control/messages?to={Address(user)}"))!, mails => mails.Count > 0);

    /// <summary>The history of a user, once it has come to rest.</summary>
    public Task<IReadOnlyList<Row>> HistoryAsync(Guid user, int count = 1) => UntilAsync(
        () => QueryAsync<Row>(
            """
            select id, notification_type, status, attempts, channel, bot, message, reason_code, error_message
            from notification_management.notification_history where user_id = @user order by id
            """,
            new { user }),
        rows => rows.Count >= count && rows.All(row => row.Status is "sent" or "failed" or "suppressed" or "cancelled"));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object parameters)
    {
        await using var connection = await tables!.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>Keeps everybody from a table until it is disposed.</summary>
    public Task<TableLock> LockAsync(string table) => TableLock.TakeAsync(tables!, table);

    public async Task NextAsync(string mode, long chat, int times = 1, int retryAfter = 1) =>
        (await Telegram.PostAsJsonAsync("control/next", new { mode, botOrChat = $"{chat}", times, retryAfter })).EnsureSuccessStatusCode();

    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isReached)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(Look);
        while (true)
        {
            var seen = await look();
            if (isReached(seen) || deadline.IsCancellationRequested)
                return seen;
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task<string> SignInAsync(string login, string password)
    {
        using var users = apps!.Client(FunctionApp.Users);
        using var answer = await users.PostAsJsonAsync("v1/auth/login", new { login, password });
        answer.EnsureSuccessStatusCode();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["accessToken"]!;
    }

    public sealed record Row(
        Guid Id, string NotificationType, string Status, int Attempts, string? Channel, string? Bot, string Message, string? ReasonCode, string? ErrorMessage);

    public sealed record BotCount(string Bot, int Sent, Dictionary<string, int> Refused, int Unanswered);
}

[CollectionDefinition(nameof(NotificationsDesk))]
public sealed class NotificationsDeskCollection : ICollectionFixture<NotificationsDesk>;
