using System.Net;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Sessions;

public sealed record Session(Guid Id, Guid UserId, DateTimeOffset ExpiresAt);

/// <summary>Where a session comes from, for its owner's list of sessions.</summary>
public sealed record SessionOrigin(IPAddress? Address, string? UserAgent);

/// <summary>SQL of <c>user_sessions</c>.</summary>
public sealed class SessionStore(Database database)
{
    public Task InsertAsync(
        TenantTransaction transaction, Session session, byte[] sessionHash, byte[] refreshHash, SessionOrigin origin, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_sessions (tenant_id, id, user_id, session_token, refresh_token, expires_at, created_at, last_accessed_at,
                                       ip_address, user_agent)
            values (@tenant, @Id, @UserId, @sessionHash, @refreshHash, @ExpiresAt, @now, @now, @address::inet, @UserAgent)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                session.Id,
                session.UserId,
                sessionHash,
                refreshHash,
                session.ExpiresAt,
                now,
                address = origin.Address?.ToString(),
                origin.UserAgent,
            },
            cancellationToken);
    }

    /// <summary>Puts the successor in the token's place and returns the session, or null when the token is spent, ended or too old.</summary>
    public Task<Session?> RotateAsync(
        TenantTransaction transaction, byte[] oldHash, byte[] newHash, DateTimeOffset expiresAt, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            update user_sessions
            set refresh_token = @newHash, expires_at = @expiresAt, last_accessed_at = @now
            where tenant_id = @tenant and refresh_token = @oldHash and ended_at is null and expires_at > @now
            returning id, user_id, expires_at
            """;
        return transaction.FindAsync<Session>(
            sql, new { tenant = transaction.Tenant, oldHash, newHash, expiresAt, now }, cancellationToken);
    }

    public async Task EndAsync(TenantId tenant, Guid session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = "update user_sessions set ended_at = @now where tenant_id = @tenant and id = @session and ended_at is null";
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, session, now }, cancellationToken);
    }
}
