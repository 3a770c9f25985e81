using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// What one request took from its budget: what is left, when it is full again and, when refused, how long to wait. It was this process's
/// own budget, or one taken before, when Redis, whose budget is everybody's, does not answer.
/// </summary>
public readonly record struct RateLimitTake(bool Allowed, long Remaining, TimeSpan Reset, TimeSpan RetryAfter, bool IsShared);

/// <summary>
/// A minute's budget refilled evenly (the generic cell rate algorithm), kept in Redis for all processes together.
/// While Redis is away each process keeps the same budget for itself.
/// </summary>
public sealed partial class RateLimiter(IConnectionMultiplexer redis, TimeProvider time, ILogger<RateLimiter> logger) : IDisposable
{
    // The key holds the instant, in microseconds of Redis' own clock, at which the budget would be full again.
    private const string Script = """
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local interval, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local full = tonumber(redis.call('GET', KEYS[1]) or now)
        if full < now then full = now end
        local earliest = full + interval - interval * burst
        if earliest > now then return {0, 0, full - now, earliest - now} end
        local there = math.floor((now - earliest) / interval) + 1
        local granted = math.min(wanted, there)
        full = full + interval * granted
        redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
        return {granted, there - granted, full - now, 0}
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<(string Key, int PerMinute)> local =
        PartitionedRateLimiter.Create<(string Key, int PerMinute), (string, int)>(
            budget => RateLimitPartition.GetTokenBucketLimiter(budget, _ => LocalBudget(budget.PerMinute)));

    // A lease that is dropped is a handful of requests forgone, no more.
    private readonly MemoryCache leases = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    private long pausedAt;
    private volatile bool hangs;

    private static int DefaultPerMinute(string routeClass) => routeClass switch
    {
        "read" => 6000,
        "write" => 1200,
        // Asked before every call that is metered.
        "usage" => 600_000,
        _ => 600,
    };

    /// <summary>The tenant's own limit for the class of routes, or the product's.</summary>
    public static int PerMinute(TenantProfile tenant, string routeClass) =>
        tenant.RateLimits.GetValueOrDefault(routeClass, DefaultPerMinute(routeClass));

    public Task<RateLimitTake> TakeAsync(TenantId tenant, string routeClass, int perMinute) =>
        TakeAsync(CacheKeys.RateLimit(tenant, routeClass), perMinute);

    /// <summary>Takes one request from the budget that an address has for all tenants together.</summary>
    public Task<RateLimitTake> TakeAsync(IPAddress address, string routeClass, int perMinute) =>
        TakeAsync(CacheKeys.AddressLimit(ClientAddress.Network(address), routeClass), perMinute);

    /// <inheritdoc cref="TakeAsync(IPAddress, string, int)"/>
    /// <param name="response">Says what is left of it.</param>
    /// <exception cref="ProblemException">429 when it is used up.</exception>
    public async Task<RateLimitTake> RequireAsync(HttpResponse response, IPAddress address, string routeClass, int perMinute)
    {
        var taken = await TakeAsync(address, routeClass, perMinute);
        Tell(response, perMinute, taken);
        return taken.Allowed ? taken : throw TooMany(taken);
    }

    internal static void Tell(HttpResponse response, int perMinute, RateLimitTake taken)
    {
        response.Headers["RateLimit-Limit"] = perMinute.ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Remaining"] = taken.Remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Reset"] = Math.Ceiling(taken.Reset.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    private static ProblemException TooMany(RateLimitTake taken) =>
        new(429, "TOO_MANY_SIGN_INS", "Too many requests about accounts from this address. Wait as long as Retry-After says.") { RetryAfter = taken.RetryAfter };

    // Full again after a minute, whatever the number: it gets about as many at a time as come back in a second, one at least.
    internal static TokenBucketRateLimiterOptions LocalBudget(int perMinute)
    {
        var atATime = Math.Max(1, perMinute / 60);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = atATime,
            ReplenishmentPeriod = TimeSpan.FromMinutes((double)atATime / perMinute),
            QueueLimit = 0,
        };
    }

    private async Task<RateLimitTake> TakeAsync(string key, int perMinute)
    {
        var paused = Volatile.Read(ref pausedAt);
        if (paused != 0 && time.GetElapsedTime(paused) < Pause && (hangs || !redis.IsConnected))
            return TakeLocally(key, perMinute);

        var lease = LeaseOf(key, perMinute);
        // It was everybody's when it was taken; Redis may have gone since.
        if (lease.Take(time, out var want) is { } held)
            return held with { IsShared = redis.IsConnected };

        RateLimitTake? answer = null;
        long granted = 0;
        try
        {
            (answer, granted) = await AskAsync(key, perMinute, want);
        }
        finally
        {
            if (want > 1)
                lease.Granted(answer, granted);
        }

        return answer ?? TakeLocally(key, perMinute);
    }

    private RateLease LeaseOf(string key, int perMinute)
    {
        if (leases.TryGetValue((key, perMinute), out RateLease? lease))
            return lease!;
        return leases.Set((key, perMinute), new RateLease(perMinute), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(1) });
    }

    private async Task<(RateLimitTake? Answer, long Granted)> AskAsync(string key, int perMinute, int want)
    {
        try
        {
            var interval = 60_000_000L / perMinute;
            var answer = (long[])(await redis.GetDatabase().ScriptEvaluateAsync(Script, [key], [interval, perMinute, want]))!;
            if (Interlocked.Exchange(ref pausedAt, 0) != 0)
                LogBack();
            return (new RateLimitTake(answer[0] > 0, answer[1], Microseconds(answer[2]), Microseconds(answer[3]), IsShared: true), answer[0]);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // A Redis that is back is asked at once, one that hangs is left alone for a while.
            hangs = exception is TimeoutException;
            if (Interlocked.Exchange(ref pausedAt, time.GetTimestamp()) == 0)
                LogAway(exception);
            return (null, 0);
        }
    }

    public void Dispose()
    {
        local.Dispose();
        leases.Dispose();
    }

    private RateLimitTake TakeLocally(string key, int perMinute)
    {
        var budget = (key, perMinute);
        using var lease = local.AttemptAcquire(budget);
        var remaining = local.GetStatistics(budget)?.CurrentAvailablePermits ?? 0;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.Zero;
        return new RateLimitTake(lease.IsAcquired, remaining, TimeSpan.FromMinutes((perMinute - remaining) / (double)perMinute), wait, IsShared: false);
    }

    private static TimeSpan Microseconds(long count) => TimeSpan.FromMicroseconds(count);

    [LoggerMessage(LogLevel.Warning, "Redis is away: each process limits requests for itself.")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(LogLevel.Information, "Redis is back: requests are limited for all processes together again.")]
    private partial void LogBack();
}
