using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Sessions;

public sealed record RefreshRequest
{
    [Required, StringLength(100)]
    public string RefreshToken { get; init; } = "";
}

/// <summary>Exchanges a refresh token, once, for its successor and a new access token.</summary>
public sealed class RefreshSession(
    Database database, TenantDirectory tenants, RateLimiter limiter, UserStore users, RoleStore roles, SessionStore sessionRows, SessionCache sessions, AccessTokenIssuer accessTokens,
    IOptions<TokenOptions> options, TimeProvider time)
{
    public async Task<TokensView> RunAsync(RefreshRequest request, CancellationToken cancellationToken)
    {
        if (!RefreshToken.TryParse(request.RefreshToken, out var presented)
            || await tenants.FindAsync(presented.Tenant, cancellationToken) is not { } tenant)
            throw Refused();
        if (tenant.Suspended)
            throw ProblemException.Forbidden("TENANT_SUSPENDED", "This tenant is suspended. Its administrator knows why.");
        await limiter.RequireAsync(tenant, "auth");

        var now = time.GetUtcNow();
        var life = TimeSpan.FromDays(options.Value.RefreshTokenDays);
        var successor = RefreshToken.Create(presented.Tenant);
        // The old token is spent only when the new ones are good: an outage in between leaves the caller the one he has.
        await using var transaction = await database.BeginAsync(presented.Tenant, cancellationToken);
        var session = await sessionRows.RotateAsync(transaction, presented.Hash, successor.Hash, now + life, now, cancellationToken)
            ?? throw Refused();
        var user = await users.FindAsync(presented.Tenant, session.UserId, cancellationToken);
        if (user is not { Status: UserStatus.Active })
            throw Refused();

        var (roleNames, permissions) = await roles.ListOfUserAsync(presented.Tenant, user.Id, cancellationToken);
        var access = await accessTokens.IssueAsync(presented.Tenant, user, session.Id, roleNames, now, cancellationToken);
        await sessions.SetAsync(
            presented.Tenant, session.Id, new SessionState(user.Id, now), new AccessState(user.AccessVersion, permissions), life);
        await transaction.CommitAsync(cancellationToken);
        return new TokensView(access, "Bearer", (int)accessTokens.Life.TotalSeconds, successor.Text, session.Id);
    }

    private static ProblemException Refused() =>
        ProblemException.Unauthenticated("REFRESH_TOKEN_INVALID", "This refresh token is not valid, or no longer. Sign in again.");
}
