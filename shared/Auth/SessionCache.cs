using System.Globalization;
using System.Text.Json;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>A living session: whose it is, when he last proved who he is, and the administrator who acts in his name, if one does.</summary>
public sealed record SessionState(Guid UserId, DateTimeOffset AuthenticatedAt, Guid? Impersonator = null);

/// <summary>What a user may do now, for all his sessions at once. A blocked user may nothing, whatever sessions he has.</summary>
public sealed record AccessState(int Version, string[] Permissions, bool Blocked = false);

/// <summary>
/// Sessions in Redis, key <c>user-sessions:{tenant}:{sid}</c>, and the rights of their users, key <c>user-access:{tenant}:{user}</c>.
/// Users writes them, every app asks, so that an end, a suspension or a changed role acts on the next request.
/// </summary>
public sealed class SessionCache(IConnectionMultiplexer redis)
{
    // Two changes of one user may arrive here in the wrong order: the lower version never replaces the higher.
    private const string SetNewer = """
        local known = redis.call('GET', KEYS[1])
        if known and tonumber(string.match(known, '^%d+')) > tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """;

    /// <summary>The session and what its user may do, or null when it has ended or the user is blocked.</summary>
    /// <exception cref="RedisConnectionException">Redis is away; nobody is let in then.</exception>
    public async Task<(SessionState Session, AccessState Access)?> FindAsync(TenantId tenant, Guid session, Guid user)
    {
        // Two keys that may live on two shards of a cluster: both questions leave together.
        var database = redis.GetDatabase();
        var sessionAnswer = database.StringGetAsync(CacheKeys.Session(tenant, session));
        var accessAnswer = database.StringGetAsync(CacheKeys.Access(tenant, user));
        await Task.WhenAll(sessionAnswer, accessAnswer);
        byte[]? storedSession = await sessionAnswer;
        if (storedSession is null || Read(await accessAnswer) is not { Blocked: false } access)
            return null;

        var state = JsonSerializer.Deserialize<SessionState>(storedSession)!;
        if (state.UserId != user)
            return null;
        return state.Impersonator is { } impersonator ? await NarrowAsync(tenant, state, access, impersonator) : (state, access);
    }

    // In another's name an administrator may what they both may, and only as long as he may impersonate at all.
    private async Task<(SessionState, AccessState)?> NarrowAsync(TenantId tenant, SessionState state, AccessState access, Guid impersonator)
    {
        var own = Read(await redis.GetDatabase().StringGetAsync(CacheKeys.Access(tenant, impersonator)));
        return own is { Blocked: false } && Permission.Allows(own.Permissions, Permission.Impersonate)
            ? (state, access with { Permissions = [.. access.Permissions.Where(permission => Permission.Covers(own.Permissions, [permission]))] })
            : null;
    }

    private static int VersionOf(string stored) =>
        int.Parse(stored.AsSpan(0, stored.IndexOf('|', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static AccessState? Read(string? stored) =>
        stored is null ? null : JsonSerializer.Deserialize<AccessState>(stored[(stored.IndexOf('|', StringComparison.Ordinal) + 1)..]);

    /// <summary>Starts a session or prolongs it, together with the rights of its user.</summary>
    public Task SetAsync(TenantId tenant, Guid session, SessionState state, AccessState access, TimeSpan life) => Task.WhenAll(
        redis.GetDatabase().StringSetAsync(CacheKeys.Session(tenant, session), JsonSerializer.SerializeToUtf8Bytes(state), life),
        SetAccessAsync(tenant, state.UserId, access));

    /// <summary>
    /// Lets a session live longer. False when Redis does not know it, or of its user's rights only a version before this one, as a replica may
    /// that took over: then both are to be set anew.
    /// </summary>
    public async Task<bool> ProlongAsync(TenantId tenant, Guid session, Guid user, int version, TimeSpan life)
    {
        var database = redis.GetDatabase();
        var prolonged = database.KeyExpireAsync(CacheKeys.Session(tenant, session), life);
        // One command prolongs and reads.
        var access = database.StringGetSetExpiryAsync(CacheKeys.Access(tenant, user), SessionLife.Absolute);
        await Task.WhenAll(prolonged, access);
        return await prolonged && (string?)await access is { } stored && VersionOf(stored) >= version;
    }

    /// <summary>Returns when Redis takes what is written of sessions: it is asked for a change of one that there is not.</summary>
    /// <exception cref="RedisException">It is away, or only answers readers.</exception>
    public Task RequireAsync(TenantId tenant) =>
        redis.GetDatabase().KeyExpireAsync(CacheKeys.Session(tenant, Guid.Empty), SessionLife.Absolute);

    /// <summary>Sets what a user may do from his next request on, unless something newer is known already.</summary>
    public Task SetAccessAsync(TenantId tenant, Guid user, AccessState access) => redis.GetDatabase().ScriptEvaluateAsync(
        SetNewer,
        [CacheKeys.Access(tenant, user)],
        [access.Version, $"{access.Version}|{JsonSerializer.Serialize(access)}", (long)SessionLife.Absolute.TotalMilliseconds]);

    /// <summary>Ends sessions: their tokens are worth nothing from the next request on.</summary>
    public Task EndAsync(TenantId tenant, params IReadOnlyCollection<Guid> sessions)
    {
        var database = redis.GetDatabase();
        return Task.WhenAll(sessions.Select(session => database.KeyDeleteAsync(CacheKeys.Session(tenant, session))));
    }
}
