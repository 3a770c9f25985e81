using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>What a verified access token says.</summary>
public sealed record AccessTokenClaims(TenantId Tenant, Guid User, Guid Session, DateTimeOffset ExpiresAt);

/// <summary>Verifies access tokens: ES256 only, by the keys Users publishes. A verified token is remembered by its hash until it ends.</summary>
public sealed class AccessTokenValidator(PublishedKeys keys, TimeProvider time) : IDisposable
{
    public const string TokenType = "at+jwt";
    public const string Issuer = "serverless-business/users";
    public const string Audience = "serverless-business";

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly MemoryCache verified = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    /// <summary>The claims of a token that was verified before and is still in time, or null; spares a known token from being read again.</summary>
    public AccessTokenClaims? Recall(string token) =>
        verified.TryGetValue(HashOf(token), out AccessTokenClaims? known) && known!.ExpiresAt > time.GetUtcNow() ? known : null;

    /// <summary>The token's claims, or null when it is not ours, not whole or not in time.</summary>
    public async Task<AccessTokenClaims?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var keyId = TokenReader.TryRead(token)?.Kid;
        if (string.IsNullOrEmpty(keyId) || await keys.FindAsync(keyId, cancellationToken) is not { } key)
            return null;

        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidTypes = [TokenType],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKey = key,
            LifetimeValidator = (notBefore, expires, _, _) => Lifetime.Holds(notBefore, expires, time.GetUtcNow()),
        });
        if (!result.IsValid || Read(result) is not { } claims)
            return null;

        verified.Set(HashOf(token), claims, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(30) });
        return claims;
    }

    public void Dispose() => verified.Dispose();

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static AccessTokenClaims? Read(TokenValidationResult result)
    {
        var token = (JsonWebToken)result.SecurityToken;
        return token.TryGetPayloadValue<string>("tenantId", out var tenant) && TenantId.TryParse(tenant, out var tenantId)
            && Guid.TryParse(token.Subject, out var user)
            && token.TryGetPayloadValue<string>("sid", out var sid) && Guid.TryParse(sid, out var session)
            ? new AccessTokenClaims(tenantId, user, session, token.ValidTo)
            : null;
    }
}
