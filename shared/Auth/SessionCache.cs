using System.Text.Json;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>A living session as Redis holds it: whose it is and what he may do now, so that a changed role acts on the next request.</summary>
public sealed record SessionState(Guid UserId, string[] Permissions);

/// <summary>Sessions in Redis, key <c>user-sessions:{tenant}:{sid}</c>. Users writes them, every app asks.</summary>
public sealed class SessionCache(IConnectionMultiplexer redis)
{
    /// <summary>The session, or null when it has ended.</summary>
    /// <exception cref="RedisConnectionException">Redis is away; nobody is let in then.</exception>
    public async Task<SessionState?> FindAsync(TenantId tenant, Guid session)
    {
        byte[]? stored = await redis.GetDatabase().StringGetAsync(CacheKeys.Session(tenant, session));
        return stored is null ? null : JsonSerializer.Deserialize<SessionState>(stored);
    }

    public Task SetAsync(TenantId tenant, Guid session, SessionState state, TimeSpan life) =>
        redis.GetDatabase().StringSetAsync(CacheKeys.Session(tenant, session), JsonSerializer.SerializeToUtf8Bytes(state), life);

    public Task EndAsync(TenantId tenant, Guid session) => redis.GetDatabase().KeyDeleteAsync(CacheKeys.Session(tenant, session));
}
