using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;
using StackExchange.Redis;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>Who has given the right password and owes the second factor. Kept in Redis for five minutes, under the hash of its token.</summary>
public sealed class MfaChallenges(IConnectionMultiplexer redis)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>The token with which the second factor is given.</summary>
    public async Task<string> StartAsync(TenantId tenant, Guid user)
    {
        var token = OneTimeToken.Create();
        await redis.GetDatabase().StringSetAsync(Key(tenant, token), user.ToString(), Life);
        return token;
    }

    private static string Key(TenantId tenant, string token) =>
        CacheKeys.MfaChallenge(tenant, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
}
