using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;
using StackExchange.Redis;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>Somebody who gave the right password, and since when it has been his.</summary>
public sealed record MfaChallenge(Guid User, DateTimeOffset? PasswordChangedAt);

/// <summary>Who has given the right password and owes the second factor. Kept in Redis for five minutes, under the hash of its token.</summary>
public sealed class MfaChallenges(IConnectionMultiplexer redis, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private const int Tries = 5;

    private const string Start = """
        redis.call('HSET', KEYS[1], 'user', ARGV[1], 'started', ARGV[2], 'password', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        """;

    private const string Try = """
        local found = redis.call('HMGET', KEYS[1], 'user', 'started', 'password')
        if not found[1] then return {} end
        if redis.call('HINCRBY', KEYS[1], 'tries', 1) > tonumber(ARGV[1]) then return {} end
        return found
        """;

    /// <summary>The token with which the second factor is given.</summary>
    /// <param name="user">As he was read before he proved who he is.</param>
    public async Task<string> StartAsync(TenantId tenant, User user)
    {
        var token = OneTimeToken.Create();
        await redis.GetDatabase().ScriptEvaluateAsync(
            Start, [Key(tenant, token)],
            [user.Id.ToString(), time.GetUtcNow().ToUnixTimeMilliseconds(), user.PasswordChangedAt?.UtcTicks ?? 0, (long)Life.TotalMilliseconds]);
        return token;
    }

    /// <summary>Whose token it is; null when it is none, too old, used, or was tried too often. Each call is a try.</summary>
    public async Task<MfaChallenge?> TryAsync(TenantId tenant, string token)
    {
        var found = (string?[]?)await redis.GetDatabase().ScriptEvaluateAsync(Try, [Key(tenant, token)], [Tries]);
        if (found is not [{ } user, { } started, var password]
            || time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(started, CultureInfo.InvariantCulture)) >= Life)
            return null;

        return new MfaChallenge(
            Guid.Parse(user),
            password is null or "0" ? null : new DateTimeOffset(long.Parse(password, CultureInfo.InvariantCulture), TimeSpan.Zero));
    }

    /// <summary>True for the one who uses the token up.</summary>
    public Task<bool> ConsumeAsync(TenantId tenant, string token) => redis.GetDatabase().KeyDeleteAsync(Key(tenant, token));

    private static string Key(TenantId tenant, string token) =>
        CacheKeys.MfaChallenge(tenant, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
}
