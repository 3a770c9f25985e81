using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Keys;

namespace ServerlessBusiness.Users.Sessions;

public sealed record RefreshRequest
{
    [Required, StringLength(8192)]
    public string RefreshToken { get; init; } = "";
}

/// <summary>Exchanges a refresh token, once, for its successor and a new access token. A token that comes back from elsewhere ends its session.</summary>
public sealed class RefreshSession(
    Database database, TenantDirectory tenants, RateLimiter limiter, AccessStore accesses, SessionStore sessionRows, SessionCache sessions,
    EndSessions endSessions, SigningKeys keys, AccessTokenIssuer accessTokens, AuditLog audit, IOptions<TokenOptions> options, TimeProvider time)
{
    private readonly byte[] key = options.Value.DeriveKey("refresh-successor");

    public async Task<TokensView> RunAsync(Caller caller, RefreshRequest request, CancellationToken cancellationToken)
    {
        if (!RefreshToken.TryParse(request.RefreshToken, out var presented)
            || await tenants.FindAsync(presented.Tenant, cancellationToken) is not { } tenant)
            throw Refused();
        if (tenant.Suspended)
            throw ProblemException.Forbidden("TENANT_SUSPENDED", "This tenant is suspended. Its administrator knows why.");
        await limiter.RequireAsync(tenant, "write");

        var signingKey = await keys.CurrentAsync(cancellationToken);
        var now = time.GetUtcNow();
        var nonce = RefreshToken.CreateNonce();
        var successor = presented.Successor(key, nonce);
        // The old token is spent only when the new ones are good: an outage in between leaves the caller the one he has.
        await using var transaction = await database.BeginAsync(presented.Tenant, cancellationToken);
        var rotated = await sessionRows.RotateAsync(
            transaction, presented.Hash, successor.Hash, nonce, TimeSpan.FromDays(options.Value.RefreshTokenDays), now, cancellationToken);
        if (rotated is null)
            return await UsedBeforeAsync(transaction, caller, presented, signingKey, now, cancellationToken);
        if (rotated.Access.Status != UserStatus.Active)
            throw Refused();

        var access = accessTokens.Issue(
            signingKey, presented.Tenant, rotated.UserId, rotated.Session, rotated.Access, accessTokens.Life, now);
        await sessions.SetAsync(
            presented.Tenant, rotated.Id, new SessionState(rotated.UserId, rotated.AuthenticatedAt), rotated.Access.ToState(), rotated.ExpiresAt - now);
        await transaction.CommitAsync(cancellationToken);
        return Tokens(access, successor, rotated.Id);
    }

    private async Task<TokensView> UsedBeforeAsync(
        TenantTransaction transaction, Caller caller, RefreshToken presented, SecurityKey signingKey, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var spent = await sessionRows.FindSpentAsync(transaction, presented.Hash, cancellationToken) ?? throw Refused();
        var successor = spent.SuccessorNonce is { } nonce ? presented.Successor(key, nonce) : null;
        switch (ReuseRule.Judge(spent, successor?.Hash, now))
        {
            case Reuse.SameMoment:
                var session = new Session(spent.SessionId, spent.UserId, spent.ExpiresAt, Impersonator: null);
                var rights = await accesses.FindAsync(transaction, spent.UserId, cancellationToken);
                if (rights is not { Status: UserStatus.Active })
                    throw Refused();
                var access = accessTokens.Issue(signingKey, presented.Tenant, spent.UserId, session, rights, accessTokens.Life, now);
                return Tokens(access, successor!, spent.SessionId);

            case Reuse.Theft:
                var ended = await endSessions.OneAsync(transaction, spent.UserId, spent.SessionId, "stolen_token", now, cancellationToken);
                // Another thief was faster, and is in the log.
                if (ended.Count == 0)
                    throw Refused();
                await audit.WriteAsync(
                    transaction, AuditActor.Of(caller), new AuditEntry("session.stolen_token", spent.UserId, new { spent.SessionId }), now, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                await endSessions.ForgetAsync(presented.Tenant, ended);
                throw Refused();

            default:
                throw Refused();
        }
    }

    private TokensView Tokens(string access, RefreshToken refresh, Guid session) =>
        new(access, "Bearer", (int)accessTokens.Life.TotalSeconds, refresh.Text, session);

    private static ProblemException Refused() =>
        ProblemException.Unauthenticated("REFRESH_TOKEN_INVALID", "This refresh token is not valid, or no longer. Sign in again.");
}
