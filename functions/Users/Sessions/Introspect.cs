using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Sessions;

public sealed record IntrospectRequest
{
    [Required, StringLength(8192)]
    public string Token { get; init; } = "";
}

/// <summary>RFC 7662, 2.2. Of a token that is not active nothing else is told.</summary>
public sealed record IntrospectionView(
    bool Active, Guid? Sub = null, Guid? Sid = null, string? TenantId = null, long? Exp = null, IReadOnlyList<string>? Permissions = null,
    int? PermissionsVersion = null, Guid? Impersonator = null);

/// <summary>Tells one of our services whether an access token of its tenant is good at this moment.</summary>
public sealed class Introspect(AccessTokenValidator accessTokens, SessionCache sessions)
{
    public async Task<IntrospectionView> RunAsync(TenantId tenant, string token, CancellationToken cancellationToken)
    {
        var claims = accessTokens.Recall(token) ?? await accessTokens.ValidateAsync(token, cancellationToken);
        if (claims is null || claims.Tenant != tenant || await sessions.FindAsync(tenant, claims.Session, claims.User) is not { } found)
            return new IntrospectionView(Active: false);

        return new IntrospectionView(
            true, claims.User, claims.Session, tenant.Value, claims.ExpiresAt.ToUnixTimeSeconds(), found.Access.Permissions, found.Access.Version,
            found.Session.Impersonator);
    }
}
