using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>Writes access tokens (RFC 9068).</summary>
public sealed class AccessTokenIssuer(IOptions<TokenOptions> options)
{
    private readonly JsonWebTokenHandler handler = new();

    /// <summary>An access token that was written now, as its client sees it.</summary>
    public TokensView View(string accessToken, RefreshToken? refresh, Session session, DateTimeOffset now) =>
        new(accessToken, "Bearer", (int)LifeIn(session, now).TotalSeconds, refresh?.Text, session.Id);

    /// <param name="key">The current one of our keys, found before a transaction is begun: finding it may need a connection too.</param>
    public string Issue(SecurityKey key, TenantId tenant, TokenSubject subject, Session session, DateTimeOffset now)
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = subject.User.ToString(),
            ["sid"] = session.Id.ToString(),
            ["tenantId"] = tenant.Value,
            ["userId"] = subject.User.ToString(),
            ["email"] = subject.Email,
            ["roles"] = subject.Roles,
            ["permissionsVersion"] = subject.Version,
            ["jti"] = Guid.CreateVersion7(now).ToString(),
        };
        // RFC 8693, 4.1: who acts in the name of the subject.
        if (session.Impersonator is { } impersonator)
            claims["act"] = new Dictionary<string, object> { ["sub"] = impersonator.ToString() };

        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = AccessTokenValidator.TokenType,
            Issuer = AccessTokenValidator.Issuer,
            Audience = AccessTokenValidator.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + LifeIn(session, now)).UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    // It does not outlive its session.
    private TimeSpan LifeIn(Session session, DateTimeOffset now)
    {
        var life = TimeSpan.FromHours(options.Value.AccessTokenHours);
        var left = session.ExpiresAt - now;
        return left < life ? left : life;
    }
}
