using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;
using StackExchange.Redis;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// Says when a bot may write to a chat. The limits are shared through Redis; while it is away each process keeps careful ones of its own.
/// </summary>
public sealed partial class SendLimiter(
    IConnectionMultiplexer redis, IOptions<LimitOptions> options, TimeProvider time, ILogger<SendLimiter> logger)
{
    private static readonly TimeSpan RedisPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Refused = TimeSpan.FromMinutes(5);

    private readonly SharedLimits shared = new(redis, new Budget(options.Value.PerSecond));
    private readonly LocalLimits local = new(options.Value.PerSecond, time);
    private long redisAwayAt;

    /// <summary>Takes a place at once, or says why there is none. Who is refused does not come back.</summary>
    public async Task<TurnRefusal?> TryTakeAsync(string bot, long chat, Priority priority) =>
        await TakeAsync(bot, chat, priority, TimeSpan.Zero, comesBack: false) is { IsGranted: false } turn ? TurnRefusal.Of(turn) : null;

    /// <summary>As told by Telegram: nothing to this chat for a while, and nothing of this bot when another chat was told the same.</summary>
    public Task PauseAsync(string bot, long chat, TimeSpan length) => PauseAsync(bot, chat, length, wholeBot: false);

    /// <summary>The bot's token is refused: it stops, and only it. Its next message after a while finds out whether it may again.</summary>
    public Task StopAsync(string bot, long chat)
    {
        LogStopped(bot);
        return PauseAsync(bot, chat, Refused, wholeBot: true);
    }

    /// <summary>Whatever a call was made for: what Telegram answered holds for all that come after it.</summary>
    public Task HeedAsync(string bot, long chat, SendOutcome outcome) => outcome switch
    {
        SendOutcome.Throttled throttled => PauseAsync(bot, chat, throttled.RetryAfter),
        SendOutcome.SenderRefused => StopAsync(bot, chat),
        _ => Task.CompletedTask,
    };

    internal async Task<Turn> TakeAsync(string bot, long chat, Priority priority, TimeSpan lead, bool comesBack = true)
    {
        if (IsRedisAway)
            return local.Take(bot, chat, priority);
        try
        {
            var turn = await shared.TakeAsync(bot, chat, priority, lead, comesBack);
            NoteRedis(isBack: true, null);
            return turn;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            NoteRedis(isBack: false, exception);
            return local.Take(bot, chat, priority);
        }
    }

    private bool IsRedisAway => Volatile.Read(ref redisAwayAt) is not 0 and var at && time.GetElapsedTime(at) < RedisPause;

    private async Task PauseAsync(string bot, long chat, TimeSpan length, bool wholeBot)
    {
        // Kept here too: should Redis go away now, the pause still holds.
        local.Pause(wholeBot ? bot : $"{bot}:{chat}", length);
        try
        {
            if (await shared.PauseAsync(bot, chat, length, wholeBot))
            {
                local.Pause(bot, length);
                LogPaused(bot, length);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            NoteRedis(isBack: false, exception);
        }
    }

    private void NoteRedis(bool isBack, Exception? exception)
    {
        if (isBack)
        {
            if (Volatile.Read(ref redisAwayAt) != 0 && Interlocked.Exchange(ref redisAwayAt, 0) != 0)
                LogBack();
        }
        else if (Interlocked.Exchange(ref redisAwayAt, time.GetTimestamp()) == 0)
            LogAway(exception!);
    }

    [LoggerMessage(LogLevel.Error, "Telegram refuses the token of the bot {Bot}: the bot is stopped. Its messages wait until it is accepted again.")]
    private partial void LogStopped(string bot);

    [LoggerMessage(LogLevel.Warning, "Telegram throttles the bot {Bot}: it pauses for {Length}.")]
    private partial void LogPaused(string bot, TimeSpan length);

    [LoggerMessage(LogLevel.Warning, "Redis is away: each process limits its messages for itself, and those of low priority wait.")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(LogLevel.Information, "Redis is back: messages are limited for all processes together again.")]
    private partial void LogBack();
}
