using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Keys;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>Writes access tokens, signed with the newest of our keys.</summary>
public sealed class AccessTokenIssuer(SigningKeys keys, IOptions<TokenOptions> options)
{
    private readonly JsonWebTokenHandler handler = new();

    public TimeSpan Life => TimeSpan.FromHours(options.Value.AccessTokenHours);

    public async Task<string> IssueAsync(
        TenantId tenant, User user, Guid session, string[] roles, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = await keys.CurrentAsync(cancellationToken);
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = AccessTokenValidator.TokenType,
            Issuer = AccessTokenValidator.Issuer,
            Audience = AccessTokenValidator.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + Life).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.Id.ToString(),
                ["sid"] = session.ToString(),
                ["tenantId"] = tenant.Value,
                ["userId"] = user.Id.ToString(),
                ["email"] = user.Email,
                ["roles"] = roles,
                ["jti"] = Guid.CreateVersion7(now).ToString(),
            },
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
