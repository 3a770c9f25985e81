using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
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
using StackExchange.Redis;

namespace ServerlessBusiness.Users.Sessions;

public sealed record RefreshRequest
{
    [Required, StringLength(8192)]
    public string RefreshToken { get; init; } = "";
}

/// <summary>Exchanges a refresh token, once, for its successor and a new access token. A token that comes back from elsewhere ends its session.</summary>
public sealed partial class RefreshSession(
    Database database, TenantDirectory tenants, RateLimiter limiter, AccessStore accesses, SessionStore sessionRows, SessionCache sessions,
    EndSessions endSessions, SigningKeys keys, LastingKeys lastingKeys, AccessTokenIssuer accessTokens, AuditLog audit, IOptions<TokenOptions> options,
    IOptions<AddressLimitOptions> address, TimeProvider time, ILogger<RefreshSession> logger)
{
    // Who signs in once a day refreshes more often, and many may do so from one address.
    private const int PerSignIn = 10;

    private readonly IReadOnlyList<byte[]> successorKeys = lastingKeys.Of("refresh-successor");

    /// <param name="response">Is told what is left of the address's budget, by which the caller may also be refused.</param>
    public async Task<TokensView> RunAsync(
        Caller caller, RefreshRequest request, string? userAgent, HttpResponse response, CancellationToken cancellationToken)
    {
        if (!RefreshToken.TryParse(request.RefreshToken, out var presented)
            || await tenants.FindAsync(presented.Tenant, cancellationToken) is not { } tenant)
            throw Refused();
        if (tenant.Suspended)
            throw ProblemException.Forbidden("TENANT_SUSPENDED", "This tenant is suspended. Its administrator knows why.");

        // The budget is the address's, for whoever knows a tenant's name can send it tokens that are none. Without Redis the new token would be
        // worth nothing: the old one is not spent for it. That a budget was not counted there does not tell: an answer may only have been late.
        var taken = await limiter.RequireAsync(response, caller.Address ?? IPAddress.None, "refresh", PerSignIn * address.Value.PerMinute);
        if (!taken.IsShared)
            await sessions.RequireAsync(presented.Tenant);

        var signingKey = await keys.CurrentAsync(cancellationToken);
        var now = time.GetUtcNow();
        var nonce = RefreshToken.CreateNonce();
        var successor = presented.Successor(successorKeys[0], nonce);
        var (rotated, wasUnspent) = await sessionRows.RotateAsync(
            presented.Tenant, presented.Hash, successor.Hash, nonce, new SessionOrigin(caller.Address, userAgent),
            TimeSpan.FromDays(options.Value.RefreshTokenDays), now, cancellationToken);
        if (rotated is null)
            return await UsedBeforeAsync(caller, presented, wasUnspent, signingKey, now, cancellationToken);

        await ProlongAsync(presented.Tenant, rotated, now, cancellationToken);
        return Tokens(signingKey, successor, rotated.Subject, rotated.Session, now);
    }

    private async Task<TokensView> UsedBeforeAsync(
        Caller caller, RefreshToken presented, bool wasUnspent, SecurityKey signingKey, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(presented.Tenant, cancellationToken);
        var spent = await sessionRows.FindSpentAsync(transaction, presented.Hash, cancellationToken) ?? throw Refused();
        // An instance may have made it whose secret is already the next one, or still the one before.
        var successor = spent.SuccessorNonce is { } nonce
            ? successorKeys.Select(key => presented.Successor(key, nonce)).FirstOrDefault(one => one.Hash.AsSpan().SequenceEqual(spent.CurrentToken))
            : null;
        switch (ReuseRule.Judge(spent, successor?.Hash, wasUnspent, now))
        {
            case Reuse.SameMoment:
                var session = new Session(spent.SessionId, spent.UserId, spent.ExpiresAt, Impersonator: null);
                var rights = await accesses.FindAsync(transaction, spent.UserId, cancellationToken);
                return rights is { Status: UserStatus.Active }
                    ? Tokens(signingKey, successor!, rights.ToSubject(spent.UserId), session, now)
                    : throw Refused();

            case Reuse.Theft:
                await EndStolenAsync(transaction, caller, spent, now, cancellationToken);
                throw Refused();

            default:
                throw Refused();
        }
    }

    private async Task EndStolenAsync(
        TenantTransaction transaction, Caller caller, SpentToken spent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await endSessions.OneAsync(transaction, spent.UserId, spent.SessionId, "stolen_token", now, cancellationToken);
        // Another thief was faster, and is in the log.
        if (ended.Count == 0)
            return;

        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("session.stolen_token", spent.UserId, new { spent.SessionId }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(transaction.Tenant, ended);
    }

    // Redis only lets a session live longer that it knows: what ends at this moment is not brought back. One it has lost is set anew, and so
    // are rights that are no longer those of the row.
    private async Task ProlongAsync(TenantId tenant, RotatedSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (!await sessions.ProlongAsync(tenant, session.Id, session.UserId, session.Version, session.ExpiresAt - now))
                await RestoreAsync(tenant, session.Id, now, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException || exception.IsDatabaseAway())
        {
            // The exchange is committed, so its tokens are given out; the next refresh sets the session.
            LogNotProlonged(exception);
        }
    }

    private async Task RestoreAsync(TenantId tenant, Guid session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await sessionRows.FindLivingForUpdateAsync(transaction, session, now, cancellationToken) is not { } living
            || await accesses.FindAsync(transaction, living.UserId, cancellationToken) is not { } rights)
            return;
        await sessions.SetAsync(
            tenant, session, new SessionState(living.UserId, living.AuthenticatedAt), rights.ToState(), living.ExpiresAt - now);
    }

    private TokensView Tokens(SecurityKey signingKey, RefreshToken refresh, TokenSubject subject, Session session, DateTimeOffset now) =>
        accessTokens.View(accessTokens.Issue(signingKey, refresh.Tenant, subject, session, now), refresh, session, now);

    private static ProblemException Refused() =>
        ProblemException.Unauthenticated("REFRESH_TOKEN_INVALID", "This refresh token is not valid, or no longer. Sign in again.");

    [LoggerMessage(LogLevel.Warning, "A refreshed session could not be prolonged or set in Redis.")]
    private partial void LogNotProlonged(Exception exception);
}
