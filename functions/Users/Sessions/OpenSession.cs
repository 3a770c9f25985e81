using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Keys;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>Opens a session for somebody who has proven who he is, or for an administrator in his name.</summary>
public sealed class OpenSession(
    Database database, UserStore users, AccessStore accesses, SessionStore sessionRows, SessionCache sessions, SigningKeys keys, AccessTokenIssuer accessTokens,
    AuditLog audit, IOptions<TokenOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Impersonation = TimeSpan.FromHours(1);

    /// <param name="user">As he was read before he proved who he is.</param>
    /// <returns>Null when the account has changed since, so that the proof is worth nothing any more.</returns>
    public Task<TokensView?> RunAsync(TenantId tenant, User user, SessionOrigin origin, AuditActor actor, CancellationToken cancellationToken) =>
        RunAsync(tenant, user, origin, actor, new AuditEntry("session.started", user.Id), cancellationToken);

    /// <param name="entry">What the audit log is told.</param>
    public async Task<TokensView?> RunAsync(
        TenantId tenant, User user, SessionOrigin origin, AuditActor actor, AuditEntry entry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var refresh = RefreshToken.Create(tenant);
        var session = new Session(
            Guid.CreateVersion7(now), user.Id, SessionLife.EndsAt(now, now, TimeSpan.FromDays(options.Value.RefreshTokenDays)), Impersonator: null);
        var access = await OpenAsync(tenant, user, session, refresh.Hash, origin, actor, entry, now, cancellationToken);
        return access is null ? null : accessTokens.View(access, refresh, session, now);
    }

    /// <summary>An hour as somebody else; nothing prolongs it.</summary>
    public async Task<TokensView?> ImpersonateAsync(
        TenantId tenant, User user, Guid impersonator, SessionOrigin origin, AuditActor actor, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new Session(Guid.CreateVersion7(now), user.Id, now + Impersonation, impersonator);
        var access = await OpenAsync(
            tenant, user, session, RandomNumberGenerator.GetBytes(32), origin, actor,
            new AuditEntry("user.impersonated", user.Id, new { reason }), now, cancellationToken);
        return access is null ? null : accessTokens.View(access, refresh: null, session, now);
    }

    private async Task<string?> OpenAsync(
        TenantId tenant, User user, Session session, byte[] refreshHash, SessionOrigin origin, AuditActor actor, AuditEntry entry,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = await keys.CurrentAsync(cancellationToken);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        // Locks the account: a change of its rights comes before this session or finds it.
        var stands = session.Impersonator is null
            ? await users.TouchLoginAsync(transaction, user, now, cancellationToken)
            : await users.IsActiveForUpdateAsync(transaction, user.Id, cancellationToken);
        if (!stands)
            return null;

        var rights = (await accesses.FindAsync(transaction, user.Id, cancellationToken))!;
        var token = accessTokens.Issue(key, tenant, rights.ToSubject(user.Id), session, now);
        var isNews = await sessionRows.InsertAsync(
            transaction, session, SHA256.HashData(Encoding.UTF8.GetBytes(token)), refreshHash, origin, user.LastLoginAt is not null, now,
            cancellationToken);
        var surplus = await sessionRows.EndSurplusAsync(transaction, user.Id, now, cancellationToken);
        if (isNews)
            await transaction.PublishAsync(new NewSignIn(user.Id, session.Id, DeviceName.Of(origin), now), now, cancellationToken);
        // Before the audit log, whose entries wait for each other: nobody waits there for Redis.
        await sessions.SetAsync(
            tenant, session.Id, new SessionState(user.Id, now, session.Impersonator), rights.ToState(), session.ExpiresAt - now);
        await sessions.EndAsync(tenant, surplus);
        await audit.WriteAsync(transaction, actor, entry, now, cancellationToken);
        if (surplus.Count > 0)
            await audit.WriteAsync(
                transaction, actor, new AuditEntry("session.ended", user.Id, new { surplus.Count, reason = "too_many" }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return token;
    }
}
