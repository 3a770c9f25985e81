using System.Net;
using System.Text.Json;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;

namespace ServerlessBusiness.Users.Sessions;

public sealed record Session(Guid Id, Guid UserId, DateTimeOffset ExpiresAt, Guid? Impersonator);

/// <summary>Where a session comes from, for its owner's list of sessions: an address and a browser.</summary>
public sealed record SessionOrigin(IPAddress? Address, string? UserAgent);

/// <summary>One session as its user sees it. Address and browser are those of the last refresh, of the sign-in before there was one.</summary>
public sealed record SessionView(
    Guid Id, DateTimeOffset CreatedAt, DateTimeOffset LastRefreshedAt, DateTimeOffset ExpiresAt, string? Address, string? UserAgent, bool Impersonated,
    bool Current = false);

/// <summary>A session whose refresh token was just exchanged, and what its next access token says.</summary>
public sealed record RotatedSession(Guid Id, Guid UserId, DateTimeOffset ExpiresAt, string Email, int Version, string Roles)
{
    public Session Session => new(Id, UserId, ExpiresAt, Impersonator: null);

    public TokenSubject Subject => new(UserId, Email, JsonSerializer.Deserialize<string[]>(Roles)!, Version);
}

/// <summary>A session that lives, for Redis.</summary>
public sealed record LivingSession(Guid UserId, DateTimeOffset ExpiresAt, DateTimeOffset AuthenticatedAt);

/// <summary>SQL of <c>user_sessions</c> and <c>refresh_tokens</c>.</summary>
public sealed class SessionStore(Database database)
{
    private const int LongestUserAgent = 400;

    // Who signs in before each call of a script has more than anybody looks at, or can end at once.
    private const int MostLiving = 100;
    private const int MostCompared = 200;
    private const int MostEnded = 1000;

    /// <summary>
    /// Writes a session and its refresh token. True when its account has had sessions before and none of the last from this browser in this
    /// part of the network. The caller has locked the account, so that two at once do not miss each other.
    /// </summary>
    /// <param name="signedInBefore">Whether it has had sessions, should all of them be forgotten by now.</param>
    public Task<bool> InsertAsync(
        TenantTransaction transaction, Session session, byte[] sessionHash, byte[] refreshHash, SessionOrigin origin, bool signedInBefore,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One customer's addresses change within such a network.
        const string sql = """
            with earlier as (
                select user_agent is not distinct from @userAgent
                    and network(set_masklen(ip_address, case family(ip_address) when 4 then 24 else 48 end))
                        is not distinct from network(set_masklen(@address::inet, case family(@address::inet) when 4 then 24 else 48 end)) as is_same
                from user_sessions
                where tenant_id = @tenant and user_id = @UserId and impersonator_id is null
                order by id desc
                limit @MostCompared),
            session as (
                insert into user_sessions (tenant_id, id, user_id, session_token, refresh_token, expires_at, created_at, last_accessed_at,
                                           authenticated_at, impersonator_id, ip_address, user_agent)
                values (@tenant, @Id, @UserId, @sessionHash, @refreshHash, @ExpiresAt, @now, @now, @now, @Impersonator, @address::inet, @userAgent)),
            token as (
                insert into refresh_tokens (tenant_id, hash, session_id, created_at) values (@tenant, @refreshHash, @Id, @now))
            select not coalesce(bool_or(is_same), false) and (@signedInBefore or count(*) > 0) and @Impersonator::uuid is null from earlier
            """;
        return transaction.FindAsync<bool>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                session.Id,
                session.UserId,
                sessionHash,
                refreshHash,
                session.ExpiresAt,
                session.Impersonator,
                MostCompared,
                signedInBefore,
                now,
                address = origin.Address?.ToString(),
                userAgent = RequestText.Cut(origin.UserAgent, LongestUserAgent),
            },
            cancellationToken);
    }

    /// <summary>
    /// Ends the living sessions of a user beyond those he may have at once, those first that were refreshed longest ago, and returns which they
    /// were. The caller tells Redis before he commits, so that no later change of the user tells it again.
    /// </summary>
    public Task<IReadOnlyList<Guid>> EndSurplusAsync(
        TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_sessions set ended_at = @now, ended_reason = 'too_many', told_at = @now
            where tenant_id = @tenant and ended_at is null and id = any(array(
                select id from user_sessions
                where tenant_id = @tenant and user_id = @user and ended_at is null and expires_at > @now and impersonator_id is null
                order by last_accessed_at desc, id desc
                limit @MostEnded offset @MostLiving))
            returning id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, user, now, MostEnded, MostLiving }, cancellationToken);
    }

    /// <summary>
    /// Spends the token, puts its successor in its place and prolongs the session: all in one statement, with what the next access token
    /// says. Null when the token is spent, ended, too old or none, or its user shut out; whoever comes second waits for the first and gets null.
    /// Then it is also told whether the token was unspent when this began.
    /// </summary>
    public async Task<(RotatedSession? Rotated, bool WasUnspent)> RotateAsync(
        TenantId tenant, byte[] oldHash, byte[] newHash, byte[] nonce, SessionOrigin origin, TimeSpan sliding, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Whoever waits for the row sees it as it is then, and only then is it known whether the token is still the current one. Its session is asked
        // for by a value: joined, a table without statistics is read for the whole tenant.
        const string sql = $"""
            with session as (
                update user_sessions s
                set refresh_token = @newHash, last_accessed_at = @now, expires_at = least(@slidesTo, s.created_at + @absolute),
                    refreshed_from = @address::inet, refreshed_agent = @userAgent
                from users u
                where s.tenant_id = @tenant and s.id = (select session_id from refresh_tokens where tenant_id = @tenant and hash = @oldHash)
                    and s.refresh_token = @oldHash and s.ended_at is null and s.expires_at > @now
                    and u.tenant_id = @tenant and u.id = s.user_id and u.status = 'active'
                returning s.id, s.user_id, s.expires_at, u.email, u.access_version as version, {AccessStore.Roles}),
            spent as (
                update refresh_tokens set rotated_at = @now, successor_nonce = @nonce
                where tenant_id = @tenant and hash = (select @oldHash from session)),
            successor as (
                insert into refresh_tokens (tenant_id, hash, session_id, created_at)
                select @tenant, @newHash, id, @now from session)
            -- the token as it was before the wait, looked up only when nobody got a session
            select null as id, null as user_id, null as expires_at, null as email, null as version, null as roles
            from refresh_tokens
            where not exists (select from session) and tenant_id = @tenant and hash = @oldHash and rotated_at is null
            union all
            select * from session
            """;
        await using var connection = database.Open(tenant);
        var row = await connection.FindAsync<RotationRow>(
            sql,
            new
            {
                tenant,
                oldHash,
                newHash,
                nonce,
                slidesTo = now + sliding,
                absolute = SessionLife.Absolute,
                now,
                address = origin.Address?.ToString(),
                userAgent = RequestText.Cut(origin.UserAgent, LongestUserAgent),
            },
            cancellationToken);
        return (row?.Rotated, row is { Id: null });
    }

    /// <summary>The session if it lives. Whoever wants to end it waits for this transaction.</summary>
    public Task<LivingSession?> FindLivingForUpdateAsync(
        TenantTransaction transaction, Guid session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select user_id, expires_at, coalesce(authenticated_at, created_at) as authenticated_at
            from user_sessions
            where tenant_id = @tenant and id = @session and ended_at is null and expires_at > @now
            for update
            """;
        return transaction.FindAsync<LivingSession>(sql, new { tenant = transaction.Tenant, session, now }, cancellationToken);
    }

    public Task<SpentToken?> FindSpentAsync(TenantTransaction transaction, byte[] hash, CancellationToken cancellationToken)
    {
        const string sql = """
            select s.id as session_id, s.user_id, t.rotated_at, t.successor_nonce, s.refresh_token as current_token, s.ended_at, s.expires_at
            from refresh_tokens t
            join user_sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
            where t.tenant_id = @tenant and t.hash = @hash
            """;
        return transaction.FindAsync<SpentToken>(sql, new { tenant = transaction.Tenant, hash }, cancellationToken);
    }

    public async Task<IReadOnlyList<SessionView>> ListAsync(
        TenantId tenant, Guid user, PageRequest page, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, created_at, last_accessed_at as last_refreshed_at, expires_at, host(coalesce(refreshed_from, ip_address)) as address,
                coalesce(refreshed_agent, user_agent) as user_agent,
                impersonator_id is not null as impersonated, false as current
            from user_sessions
            where tenant_id = @tenant and user_id = @user and ended_at is null and expires_at > @now and (@Before::uuid is null or id < @Before)
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<SessionView>(sql, new { tenant, user, page.Before, page.Fetch, now }, cancellationToken);
    }

    /// <summary>
    /// Ends the living sessions of a user, or one, or all but one, and returns which they were. Those he opened in the name of others are his.
    /// </summary>
    public Task<IReadOnlyList<Guid>> EndAsync(
        TenantTransaction transaction, Guid user, Guid? only, Guid? except, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_sessions set ended_at = @now, ended_reason = @reason
            where tenant_id = @tenant and (user_id = @user or impersonator_id = @user) and ended_at is null
                and (@only::uuid is null or id = @only) and (@except::uuid is null or id <> @except)
            returning id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, user, only, except, reason, now }, cancellationToken);
    }

    /// <summary>Ends the living sessions that administrators have in the name of others, where one of the users is either of the two.</summary>
    public Task<IReadOnlyList<Guid>> EndImpersonatedAsync(
        TenantTransaction transaction, IReadOnlyCollection<Guid> users, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_sessions set ended_at = @now, ended_reason = @reason
            where tenant_id = @tenant and impersonator_id is not null and ended_at is null
                and (user_id = any(@users) or impersonator_id = any(@users))
            returning id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, users = users.ToArray(), reason, now }, cancellationToken);
    }

    /// <summary>The user proved anew who he is.</summary>
    public Task<DateTimeOffset?> ProveAsync(TenantTransaction transaction, Guid session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update user_sessions set authenticated_at = @now where tenant_id = @tenant and id = @session and ended_at is null returning expires_at
            """;
        return transaction.FindAsync<DateTimeOffset?>(sql, new { tenant = transaction.Tenant, session, now }, cancellationToken);
    }

    /// <summary>Sessions that were ended although their tokens would still be in time, and of which Redis may not know; of many the last ended.</summary>
    public Task<IReadOnlyList<Guid>> ListEndedAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select id from user_sessions
            where tenant_id = @tenant and (user_id = @user or impersonator_id = @user) and ended_at is not null and told_at is null and expires_at > @now
            order by ended_at desc
            limit @MostEnded
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, user, now, MostEnded }, cancellationToken);
    }

    /// <summary>Notes that Redis was told of these ends: no later change of the user tells it again.</summary>
    public Task MarkToldAsync(TenantTransaction transaction, IReadOnlyList<Guid> ended, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Another message of the same user may be at them: it notes them itself, and neither waits for the other.
        const string sql = """
            update user_sessions set told_at = @now
            where tenant_id = @tenant and told_at is null and id = any(array(
                select id from user_sessions where tenant_id = @tenant and id = any(@ended) for no key update skip locked))
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, ended = ended.ToArray(), now }, cancellationToken);
    }

    // Without an id: of a token that was unspent.
    private sealed record RotationRow(Guid? Id, Guid? UserId, DateTimeOffset? ExpiresAt, string? Email, int? Version, string? Roles)
    {
        public RotatedSession? Rotated => Id is { } id
            ? new RotatedSession(id, UserId!.Value, ExpiresAt!.Value, Email!, Version!.Value, Roles!)
            : null;
    }
}
