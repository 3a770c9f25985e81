using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>
/// Counts proven wrong passwords per account in Redis. Who wants a password looked at takes a place first: no more are looked at at once than
/// could be wrong before the next delay, so that a hundred guesses at the same time are no more than five, and whoever is right only waits.
/// A locked account has places too, where nothing is looked at: who hammers it waits like everybody else, and is no more than five.
/// </summary>
public sealed class SignInLockout(IConnectionMultiplexer redis, TimeProvider time)
{
    // One hash per account: 'failures', 'until' and a field for each place taken, with the time at which it counts as left behind.
    private const string Enter = """
        local now, all, failures, taken, locked = tonumber(ARGV[1]), redis.call('HGETALL', KEYS[1]), 0, 0, false
        for i = 1, #all, 2 do
            if all[i] == 'until' then locked = tonumber(all[i + 1]) > now
            elseif all[i] == 'failures' then failures = tonumber(all[i + 1])
            elseif tonumber(all[i + 1]) > now then taken = taken + 1
            else redis.call('HDEL', KEYS[1], all[i]) end
        end
        if locked then failures = 0 end
        if taken >= math.max(tonumber(ARGV[4]) + 1 - failures, 1) then return 0 end
        redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
        if locked then return -1 end
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        return 1
        """;

    private const string Settle = """
        redis.call('HDEL', KEYS[1], ARGV[2])
        if ARGV[3] == 'right' then return redis.call('HDEL', KEYS[1], 'failures', 'until') end
        if ARGV[3] == 'unknown' then return 0 end
        local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
        local delay = tonumber(ARGV[math.min(4 + failures, #ARGV)])
        if delay > 0 then redis.call('HSET', KEYS[1], 'until', string.format('%.0f', tonumber(ARGV[1]) + delay)) end
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return failures
        """;

    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(40);
    private const int LongestPause = 10;
    private static readonly RedisValue[] Delays =
        [.. Enumerable.Range(1, 10).Select(failures => (RedisValue)(long)LockoutPolicy.DelayAfter(failures).TotalMilliseconds)];

    /// <summary>A place, to be settled unless the account is locked.</summary>
    /// <exception cref="ProblemException">503 when the others before it take too long.</exception>
    internal async Task<Place> EnterAsync(TenantId tenant, string account, CancellationToken cancellationToken)
    {
        var (key, name) = (CacheKeys.Lockout(tenant, account), Guid.NewGuid().ToString("N"));
        var started = time.GetTimestamp();
        for (var look = 1; ; look++)
        {
            var now = Now;
            var answer = (int)await redis.GetDatabase().ScriptEvaluateAsync(
                Enter, [key],
                [now, name, now + (long)Abandoned.TotalMilliseconds, LockoutPolicy.Free, (long)LockoutPolicy.Remembered.TotalMilliseconds]);
            if (answer != 0)
                return new Place(this, key, name, isLocked: answer < 0);
            if (time.GetElapsedTime(started) > Patience)
                throw ProblemException.Unavailable("SIGN_IN_BUSY", "Too many sign-ins of this account are under way. Try again shortly.", TimeSpan.FromSeconds(2));

            // Those before it are in other processes too, and none of them tells when it is done.
            await Task.Delay(BetweenLooks * Math.Min(look, LongestPause), cancellationToken);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private Task SettleAsync(Place place, string verdict) => redis.GetDatabase().ScriptEvaluateAsync(
        Settle, [place.Key], [Now, place.Name, verdict, (long)LockoutPolicy.Remembered.TotalMilliseconds, .. Delays]);

    /// <summary>The right to have one password looked at, or to wait as if it were while the account is locked.</summary>
    internal sealed class Place(SignInLockout lockout, string key, string name, bool isLocked) : IAsyncDisposable
    {
        private bool isSettled;

        public bool IsLocked => isLocked;

        public string Key => key;

        public string Name => name;

        public Task SettleAsync(bool isRight)
        {
            isSettled = true;
            return lockout.SettleAsync(this, isRight ? "right" : "wrong");
        }

        // Nobody knows whether the password was right: it counts as nothing.
        public async ValueTask DisposeAsync()
        {
            if (!isSettled)
                await lockout.SettleAsync(this, "unknown");
        }
    }
}
