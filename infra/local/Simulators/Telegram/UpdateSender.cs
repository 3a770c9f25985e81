using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Telegram;

public sealed record UpdateAttempt(
    string Bot, int UpdateId, string Type, int Attempt, string? Url, int? Status, string? Note, DateTimeOffset At, string Body);

sealed record PendingUpdate(int Id, string Type, string Body);

// Posts updates into the bot's webhook: again with growing waits until it is taken, as Telegram does for about a day.
sealed class UpdateSender(double retryScale, TimeProvider clock) : IAsyncDisposable
{
    const int MostAttempts = 12;
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(30)
    };
    readonly Journal<UpdateAttempt> _journal = new(2_000);
    readonly BackgroundWork _background = new();

    public IReadOnlyList<UpdateAttempt> Attempts => _journal.Read();

    // Returns when the update has been tried once. Without a webhook it waits for one.
    public async Task SendAsync(Bot bot, string type, JsonObject content)
    {
        if (bot.Webhook?.Wants(type) == false)
            return;
        var id = bot.NextUpdateId();
        var update = new PendingUpdate(id, type, new JsonObject { ["update_id"] = id, [type] = content }.ToJsonString());
        if (bot.Webhook is not { } webhook)
        {
            Keep(bot, update);
            return;
        }
        await SendOnceThenRetryAsync(bot, webhook, update);
    }

    public void DeliverPending(Bot bot)
    {
        if (bot.Webhook is not { } webhook)
            return;
        PendingUpdate[] waiting;
        lock (bot.Gate)
        {
            waiting = [.. bot.Pending];
            bot.Pending.Clear();
        }
        _background.Run(async _ =>
        {
            foreach (var update in waiting.Where(update => webhook.Wants(update.Type)))
                await SendOnceThenRetryAsync(bot, webhook, update);
        });
    }

    public void Clear()
    {
        _background.CancelAll();
        _journal.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        _http.Dispose();
    }

    static void Keep(Bot bot, PendingUpdate update)
    {
        lock (bot.Gate)
        {
            if (bot.Pending.Count == Bot.MostPending)
                bot.Pending.Dequeue();
            bot.Pending.Enqueue(update);
        }
    }

    async Task SendOnceThenRetryAsync(Bot bot, Webhook webhook, PendingUpdate update)
    {
        if (await AttemptAsync(bot, webhook, update, 1, CancellationToken.None) is { IsTaken: false } first)
            _background.Run(cancellationToken => RetryAsync(bot, webhook, update, first, cancellationToken));
    }

    async Task RetryAsync(Bot bot, Webhook webhook, PendingUpdate update, Outcome last, CancellationToken cancellationToken)
    {
        for (var attempt = 2; attempt <= MostAttempts && !last.IsTaken; attempt++)
        {
            var growing = TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, attempt - 2))) * retryScale;
            await Task.Delay(last.RetryAfter ?? growing, cancellationToken);
            last = await AttemptAsync(bot, webhook, update, attempt, cancellationToken);
        }
    }

    async Task<Outcome> AttemptAsync(Bot bot, Webhook webhook, PendingUpdate update, int attempt, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(update.Body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (webhook.SecretToken is { } secret)
            request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", secret);
        var at = clock.GetUtcNow();
        var outcome = await PostAsync(request, cancellationToken);
        if (!outcome.IsTaken)
        {
            bot.LastError = outcome.Note ?? $"Wrong response from the webhook: {outcome.Status}";
            bot.LastErrorAt = at;
        }
        _journal.Add(new UpdateAttempt(
            bot.Account.Key, update.Id, update.Type, attempt, webhook.Url, outcome.Status, outcome.Note, at, update.Body));
        return outcome;
    }

    async Task<Outcome> PostAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return new Outcome((int)response.StatusCode, null, response.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException problem)
        {
            return new Outcome(null, problem.Message, null);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Outcome(null, "Read timeout expired", null);
        }
    }

    sealed record Outcome(int? Status, string? Note, TimeSpan? RetryAfter)
    {
        public bool IsTaken => Status is >= 200 and < 300;
    }
}
