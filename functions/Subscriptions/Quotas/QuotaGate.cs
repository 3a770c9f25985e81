using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Caching;
using StackExchange.Redis;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>
/// What is used, kept in Redis so that what does not fit never reaches the database. It may lag or be lost: it only says no, the record says yes.
/// A counter is forgotten after ten seconds and learned again from the record.
/// </summary>
public sealed partial class QuotaGate(IConnectionMultiplexer redis, TimeProvider time, ILogger<QuotaGate> logger)
{
    // Two processes tell what they have counted in any order: what is used only grows.
    private const string LearnScript = """
        local used = redis.call('GET', KEYS[1])
        if not used or tonumber(used) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
        return 0
        """;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long pausedAt;

    /// <summary>What is used, or null when the gate does not know.</summary>
    public async Task<long?> FindAsync(CounterKey key) =>
        await AskAsync(database => database.StringGetAsync(Name(key))) is { IsNull: false } value ? (long)value : null;

    /// <summary>The record has counted. Whoever asks this process afterwards hears of it, also without waiting for this.</summary>
    public Task LearnAsync(CounterKey key, long used) => AskAsync(
        database => database.ScriptEvaluateAsync(LearnScript, [Name(key)], [used, (long)Remembered.TotalMilliseconds]));

    // While Redis is away, or does not answer, nobody waits for it: it is asked again after a second.
    private async Task<T?> AskAsync<T>(Func<IDatabase, Task<T>> ask)
    {
        var paused = Volatile.Read(ref pausedAt);
        if (paused != 0 && time.GetElapsedTime(paused) < Pause)
            return default;

        try
        {
            var answer = await ask(redis.GetDatabase()).WaitAsync(Patience);
            if (Interlocked.Exchange(ref pausedAt, 0) != 0)
                LogBack();
            return answer;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            if (Interlocked.Exchange(ref pausedAt, time.GetTimestamp()) == 0)
                LogAway(exception);
            return default;
        }
    }

    private static RedisKey Name(CounterKey key) => CacheKeys.Quota(key.Tenant, key.SubscriptionId, key.Feature, key.WindowStart);

    [LoggerMessage(LogLevel.Warning, "Redis is away: quotas are decided in PostgreSQL alone.")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(LogLevel.Information, "Redis is back: quotas are decided at the gate again.")]
    private partial void LogBack();
}
