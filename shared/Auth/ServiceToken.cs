using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>The five-minute token by which one of our services shows another who is calling; good for one audience only.</summary>
public sealed class ServiceToken(IOptions<TokenOptions> options, ServiceIdentity service, TimeProvider time)
{
    public const string TokenType = "svc+jwt";
    private const string Issuer = "serverless-business/services";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly SymmetricSecurityKey key = new(options.Value.DeriveKey("service-token"));
    private readonly JsonWebTokenHandler handler = new();
    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset RenewAt)> issued = new();

    /// <summary>A token for calling the service of that key; one is reused until a minute before its end.</summary>
    public string Create(string audience)
    {
        var now = time.GetUtcNow();
        if (issued.TryGetValue(audience, out var known) && now < known.RenewAt && now > known.RenewAt - Life)
            return known.Token;

        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = TokenType,
            Issuer = Issuer,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime.AddSeconds(-30),
            Expires = (now + Life).UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = service.Key },
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });
        issued[audience] = (token, now + Life - TimeSpan.FromMinutes(1));
        return token;
    }

    /// <summary>The key of the calling service, or null when the token is not one for us.</summary>
    public async Task<string?> ValidateAsync(string token)
    {
        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidTypes = [TokenType],
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidIssuer = Issuer,
            ValidAudience = service.Key,
            IssuerSigningKey = key,
            LifetimeValidator = (notBefore, expires, _, _) => Lifetime.Holds(notBefore, expires, time.GetUtcNow()),
        });
        return result.IsValid ? result.ClaimsIdentity.FindFirst("sub")?.Value : null;
    }
}
