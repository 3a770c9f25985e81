using System.Collections.Concurrent;

namespace ServerlessBusiness.Simulators.Telegram;

// About 30 messages a second for a bot and one a second for a chat, with a short burst; over it the sender has to wait.
// Kept in real time: a clock that tests move forward must not hand out capacity.
sealed class SendLimits
{
    static readonly TimeSpan BotInterval = TimeSpan.FromSeconds(1d / 30);
    static readonly TimeSpan BotBurst = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ChatInterval = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ChatBurst = TimeSpan.FromSeconds(3);

    readonly ConcurrentDictionary<string, DateTimeOffset> _nextFree = new();
    readonly Lock _gate = new();

    public void Check(string bot, long chatId)
    {
        var now = TimeProvider.System.GetUtcNow();
        var chat = $"{bot}/{chatId}";
        lock (_gate)
        {
            var wait = Max(WaitFor(bot, BotBurst, now), WaitFor(chat, ChatBurst, now));
            if (wait > TimeSpan.Zero)
                throw TelegramRefusal.TooManyRequests((int)Math.Ceiling(wait.TotalSeconds));
            Take(bot, BotInterval, now);
            Take(chat, ChatInterval, now);
        }
    }

    TimeSpan WaitFor(string key, TimeSpan burst, DateTimeOffset now) =>
        _nextFree.TryGetValue(key, out var nextFree) ? nextFree - now - burst : TimeSpan.Zero;

    void Take(string key, TimeSpan interval, DateTimeOffset now) =>
        _nextFree[key] = (_nextFree.TryGetValue(key, out var nextFree) && nextFree > now ? nextFree : now) + interval;

    static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
