using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>What an authenticator is asked to sign a challenge for: a challenge for one is worth nothing for another.</summary>
public enum PasskeyPurpose
{
    Add,
    SignIn,
    StepUp,
}

/// <summary>
/// Challenges that authenticators sign. Each is good once, for five minutes, for one purpose of its owner in one tenant: the user who adds a
/// passkey, the session that steps up; who signs in is not known yet. Kept in Redis under their hashes.
/// </summary>
public sealed class PasskeyChallenges(IConnectionMultiplexer redis, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private const int Size = 32;

    public async Task<byte[]> StartAsync(TenantId tenant, PasskeyPurpose purpose, Guid owner)
    {
        var challenge = RandomNumberGenerator.GetBytes(Size);
        await redis.GetDatabase().StringSetAsync(Key(tenant, purpose, owner, challenge), time.GetUtcNow().ToUnixTimeMilliseconds(), Life);
        return challenge;
    }

    /// <summary>True for the one who uses the challenge up, in time.</summary>
    public async Task<bool> ConsumeAsync(TenantId tenant, PasskeyPurpose purpose, Guid owner, byte[] challenge)
    {
        var started = (string?)await redis.GetDatabase().StringGetDeleteAsync(Key(tenant, purpose, owner, challenge));
        return started is not null
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(started, CultureInfo.InvariantCulture)) < Life;
    }

    private static string Key(TenantId tenant, PasskeyPurpose purpose, Guid owner, byte[] challenge) =>
        CacheKeys.PasskeyChallenge(tenant, purpose.ToString(), owner, Base64Url.EncodeToString(SHA256.HashData(challenge)));
}
