using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Caching;

/// <summary>Every key we keep in Redis, in one place.</summary>
public static class CacheKeys
{
    public static string Session(TenantId tenant, Guid session) => $"user-sessions:{tenant}:{session:N}";

    public static string Access(TenantId tenant, Guid user) => $"user-access:{tenant}:{user:N}";

    public static string Lockout(TenantId tenant, string account) => $"lockout:{tenant}:{account}";

    public static string MfaChallenge(TenantId tenant, string tokenHash) => $"mfa:{tenant}:{tokenHash}";

    public static string PasskeyChallenge(TenantId tenant, string purpose, Guid owner, string challengeHash) =>
        $"passkey:{tenant}:{purpose}:{owner:N}:{challengeHash}";

    public static string AddressLimit(string network, string routeClass) => $"ratelimit-address:{routeClass}:{network}";

    public static string Quota(TenantId tenant, Guid subscription, string feature, DateTimeOffset windowStart) =>
        $"quota:{tenant}:{subscription:N}:{feature}:{windowStart.ToUnixTimeMilliseconds()}";

    public static string RateLimit(TenantId tenant, string routeClass) => $"ratelimit:{tenant}:{routeClass}";

    /// <summary>What is known of a bot's budget. The braces keep all keys of one bot together in a cluster, as a script needs them.</summary>
    public static string Bot(string bot, string what) => $"notifications:{{{bot}}}:{what}";
}
