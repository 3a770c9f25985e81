using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Sessions;

public sealed record SignInRequest
{
    /// <summary>E-mail address or username.</summary>
    [Required, StringLength(254)]
    public string Login { get; init; } = "";

    [Required, StringLength(128)]
    public string Password { get; init; } = "";
}

public sealed record TokensView(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken, Guid SessionId);

/// <summary>Opens a session for whoever knows the password.</summary>
public sealed class SignIn(
    Database database, UserStore users, RoleStore roles, SessionStore sessionRows, SessionCache sessions, PasswordHasher passwords,
    AccessTokenIssuer accessTokens, IOptions<TokenOptions> options, TimeProvider time)
{
    public async Task<TokensView> RunAsync(TenantId tenant, SignInRequest request, SessionOrigin origin, CancellationToken cancellationToken)
    {
        var user = await users.FindByLoginAsync(tenant, request.Login, cancellationToken);
        var known = await passwords.VerifyAsync(request.Password, user?.PasswordHash, cancellationToken);
        if (!known || user is not { Status: UserStatus.Active })
            throw ProblemException.Unauthenticated("INVALID_CREDENTIALS", "Login or password is wrong.");

        var now = time.GetUtcNow();
        var life = TimeSpan.FromDays(options.Value.RefreshTokenDays);
        var session = new Session(Guid.CreateVersion7(now), user.Id, now + life);
        var refresh = RefreshToken.Create(tenant);
        var (roleNames, permissions) = await roles.ListOfUserAsync(tenant, user.Id, cancellationToken);
        var access = await accessTokens.IssueAsync(tenant, user, session.Id, roleNames, now, cancellationToken);

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await sessionRows.InsertAsync(
            transaction, session, SHA256.HashData(Encoding.UTF8.GetBytes(access)), refresh.Hash, origin, now, cancellationToken);
        await users.TouchLoginAsync(transaction, user.Id, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sessions.SetAsync(tenant, session.Id, new SessionState(user.Id, now), new AccessState(user.AccessVersion, permissions), life);
        return new TokensView(access, "Bearer", (int)accessTokens.Life.TotalSeconds, refresh.Text, session.Id);
    }
}
