using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// What one request took from its budget: what is left, when it is full again and, when refused, how long to wait. It was this process's
/// own budget when Redis, whose budget is everybody's, did not answer.
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
        local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
        local full = tonumber(redis.call('GET', KEYS[1]) or now)
        if full < now then full = now end
        local earliest = full + interval - interval * burst
        if earliest > now then return {0, 0, full - now, earliest - now} end
        full = full + interval
        redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
        return {1, math.floor((now - earliest) / interval), full - now, 0}
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<(TenantId Tenant, string RouteClass, int PerMinute)> local =
        PartitionedRateLimiter.Create<(TenantId Tenant, string RouteClass, int PerMinute), (TenantId, string, int)>(
            budget => RateLimitPartition.GetTokenBucketLimiter(budget, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = budget.PerMinute,
                TokensPerPeriod = Math.Max(1, budget.PerMinute / 60),
                ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 60.0 / budget.PerMinute)),
                QueueLimit = 0,
            }));

    private long pausedAt;

    private static int DefaultPerMinute(string routeClass) => routeClass switch
    {
        "read" => 6000,
        "write" => 1200,
        // Asked before every call that is metered.
        "usage" => 600_000,
        _ => 600,
    };

    /// <summary>Takes one request from the tenant's budget.</summary>
    /// <exception cref="ProblemException">429 when it is used up.</exception>
    public async Task<RateLimitTake> RequireAsync(TenantProfile tenant, string routeClass)
    {
        var taken = await TakeAsync(tenant.Id, routeClass, PerMinute(tenant, routeClass));
        return taken.Allowed ? taken : throw ProblemException.RateLimited(taken.RetryAfter);
    }

    /// <summary>The tenant's own limit for the class of routes, or the product's.</summary>
    public static int PerMinute(TenantProfile tenant, string routeClass) =>
        tenant.RateLimits.GetValueOrDefault(routeClass, DefaultPerMinute(routeClass));

    public async Task<RateLimitTake> TakeAsync(TenantId tenant, string routeClass, int perMinute)
    {
        var paused = Volatile.Read(ref pausedAt);
        if (paused != 0 && time.GetElapsedTime(paused) < Pause)
            return TakeLocally(tenant, routeClass, perMinute);

        try
        {
            var interval = 60_000_000L / perMinute;
            var answer = (long[]?)await redis.GetDatabase().ScriptEvaluateAsync(
                Script, [CacheKeys.RateLimit(tenant, routeClass)], [interval, perMinute]);
            if (Interlocked.Exchange(ref pausedAt, 0) != 0)
                LogBack();
            return new RateLimitTake(answer![0] == 1, answer[1], Microseconds(answer[2]), Microseconds(answer[3]), IsShared: true);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            if (Interlocked.Exchange(ref pausedAt, time.GetTimestamp()) == 0)
                LogAway(exception);
            return TakeLocally(tenant, routeClass, perMinute);
        }
    }

    public void Dispose() => local.Dispose();

    private RateLimitTake TakeLocally(TenantId tenant, string routeClass, int perMinute)
    {
        var budget = (tenant, routeClass, perMinute);
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
