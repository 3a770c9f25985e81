using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Keys;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>Writes access tokens (RFC 9068), signed with the current one of our keys.</summary>
public sealed class AccessTokenIssuer(SigningKeys keys, IOptions<TokenOptions> options)
{
    private readonly JsonWebTokenHandler handler = new();

    public TimeSpan Life => TimeSpan.FromHours(options.Value.AccessTokenHours);

    public async Task<string> IssueAsync(
        TenantId tenant, Guid user, string email, Session session, UserAccess access, TimeSpan life, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = user.ToString(),
            ["sid"] = session.Id.ToString(),
            ["tenantId"] = tenant.Value,
            ["userId"] = user.ToString(),
            ["email"] = email,
            ["roles"] = access.Roles,
            ["permissionsVersion"] = access.Version,
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
            Expires = (now + life).UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(await keys.CurrentAsync(cancellationToken), SecurityAlgorithms.EcdsaSha256),
        });
    }
}
