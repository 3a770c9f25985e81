using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using Telegram.Bot;

namespace ServerlessBusiness.Tests.Performance.Stage;

// Users with linked chats in the database and in the simulator, and the API that sends to them.
internal sealed class BenchChats : IDisposable
{
    private readonly BenchStack stack;
    private readonly HttpClient telegram;
    private readonly HttpClient api;

    public BenchChats(BenchStack stack, string accessToken)
    {
        this.stack = stack;
        telegram = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{stack.Endpoints.Ports.Telegram}/control/") };
        api = new HttpClient { BaseAddress = new Uri(stack.Endpoints.Url(FunctionApp.Notifications)), Timeout = TimeSpan.FromMinutes(2) };
        api.DefaultRequestHeaders.Add("X-Tenant-ID", "default");
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
    }

    // The user of a number; the same in the database.
    public static Guid User(long number) => Guid.Parse($"00000000-0000-7000-8000-{number:D12}");

    public async Task CreateAsync(long first, int count, string bot, CancellationToken cancellationToken)
    {
        using var answer = await telegram.PostAsJsonAsync("chats/range", new { first, count, bot }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await stack.ExecuteAsync(
            $$"""
            insert into notification_management.user_notification_preferences (tenant_id, id, user_id, locale, bot_assignment, telegram_chat_id, created_at, updated_at)
            select 'default', id, id, 'en', '{{bot}}', number, now(), now()
            from (select number, ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid as id
                  from generate_series({{first}}, {{first + count - 1}}) as number) people;
            insert into notification_management.telegram_links (tenant_id, user_id, bot, chat_id, linked_at, updated_at)
            select tenant_id, user_id, bot_assignment, telegram_chat_id, now(), now()
            from notification_management.user_notification_preferences where telegram_chat_id between {{first}} and {{first + count - 1}};
            analyze notification_management.user_notification_preferences, notification_management.telegram_links;
            """,
            cancellationToken);
    }

    public async Task SendAsync(IEnumerable<long> numbers, string priority, string headline, CancellationToken cancellationToken)
    {
        foreach (var recipients in numbers.Select(User).Chunk(1_000))
        {
            using var answer = await api.PostAsJsonAsync(
                "/v1/notifications", new { type = "product_update", recipients, priority, variables = new { headline, text = "Now in colour." } }, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new LoadException($"The app answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    public async Task SetLimitsAsync(bool real, CancellationToken cancellationToken)
    {
        using var limits = await telegram.PostAsJsonAsync("limits", new { real }, cancellationToken);
        using var counts = await telegram.PostAsync("counts/reset", null, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, (int Sent, int Throttled)>> CountsAsync(CancellationToken cancellationToken) =>
        (await telegram.GetFromJsonAsync<JsonArray>("counts", cancellationToken))!.ToDictionary(
            count => (string)count!["bot"]!, count => ((int)count!["sent"]!, (int?)count["refused"]!["429"] ?? 0));

    public async Task WaitForSentAsync(int count, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while ((await CountsAsync(cancellationToken)).Values.Sum(one => one.Sent) < count)
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(4))
                throw new LoadException($"Of {count} messages only {(await CountsAsync(cancellationToken)).Values.Sum(one => one.Sent)} were sent in 4 minutes.");
            await Task.Delay(50, cancellationToken);
        }
    }

    // The library alone against the same simulator: as many callers as the app has, each one message after the other.
    public async Task<double> SendBareAsync(int callers, int messages, long firstChat, CancellationToken cancellationToken)
    {
        var token = LocalSettings.Shared(stack.Endpoints)["TELEGRAM_BOT_TOKEN_DEFAULT"]!;
        var bot = new TelegramBotClient(new TelegramBotClientOptions(token, telegram.BaseAddress!.GetLeftPart(UriPartial.Authority)) { RetryThreshold = 0 });
        var next = -1;
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref next) is var number && number < messages)
                    await bot.SendMessage(firstChat + number, "<b>Charts</b>\n\nNow in colour.", Telegram.Bot.Types.Enums.ParseMode.Html, cancellationToken: cancellationToken);
            },
            cancellationToken)));
        return messages / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    public void Dispose()
    {
        telegram.Dispose();
        api.Dispose();
    }
}
