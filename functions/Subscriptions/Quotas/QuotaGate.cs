using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Caching;
using StackExchange.Redis;

namespace ServerlessBusiness.Subscriptions.Quotas;

public enum GateAnswer
{
    /// <summary>It knows nothing of this counter, or is away: the record decides.</summary>
    Unknown,
    Open,
    Closed,
}

/// <summary>
/// What is used, kept in Redis so that most of what does not fit never reaches the database. It may lag or be lost: it only says no, the record
/// says yes. A counter is forgotten after ten seconds and filled again from the record, so that what a dead process reserved comes back.
/// </summary>
public sealed partial class QuotaGate(IConnectionMultiplexer redis, TimeProvider time, ILogger<QuotaGate> logger)
{
    private const string TakeScript = """
        local used = redis.call('GET', KEYS[1])
        if not used then return {0, 0} end
        if tonumber(used) + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return {2, tonumber(used)} end
        return {1, redis.call('INCRBY', KEYS[1], ARGV[1])}
        """;

    private const string RaiseScript = """
        local used = redis.call('GET', KEYS[1])
        if used and tonumber(used) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
        return 0
        """;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long pausedAt;

    /// <summary>Reserves the quantity if it fits; with what is used, as far as the gate knows.</summary>
    public async Task<(GateAnswer Answer, long Used)> TakeAsync(CounterKey key, long quantity, long limit)
    {
        var result = await AskAsync(database => database.ScriptEvaluateAsync(TakeScript, [Name(key)], [quantity, limit]));
        return result is null ? (GateAnswer.Unknown, 0) : ((GateAnswer)(long)result[0], (long)result[1]);
    }

    /// <summary>What is used, or null when the gate does not know.</summary>
    public async Task<long?> FindAsync(CounterKey key) =>
        await AskAsync(database => database.StringGetAsync(Name(key))) is { IsNull: false } value ? (long)value : null;

    /// <summary>Fills the gate from the record, unless somebody has done so meanwhile.</summary>
    public Task FillAsync(CounterKey key, long used) =>
        AskAsync(database => database.StringSetAsync(Name(key), used, Remembered, when: When.NotExists));

    /// <summary>The record has refused what the gate let through: the gate learns from it.</summary>
    public Task CorrectAsync(CounterKey key, long used) => AskAsync(database => database.StringSetAsync(Name(key), used, Remembered));

    /// <summary>More was reported than went through the gate.</summary>
    public Task RaiseAsync(CounterKey key, long used) => AskAsync(
        database => database.ScriptEvaluateAsync(RaiseScript, [Name(key)], [used, (long)Remembered.TotalMilliseconds]));

    /// <summary>What was reserved was not used after all.</summary>
    public Task GiveBackAsync(CounterKey key, long quantity) => AskAsync(database => database.StringDecrementAsync(Name(key), quantity));

    // While Redis is away nobody waits for it: it is asked again after a second.
    private async Task<T?> AskAsync<T>(Func<IDatabase, Task<T>> ask)
    {
        var paused = Volatile.Read(ref pausedAt);
        if (paused != 0 && time.GetElapsedTime(paused) < Pause)
            return default;

        try
        {
            var answer = await ask(redis.GetDatabase());
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
