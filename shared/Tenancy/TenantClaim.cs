using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Tenancy;

/// <summary>Which tenant a request names.</summary>
public static class TenantClaim
{
    /// <summary>Header and query may both name the tenant, each once and both the same; nobody but an anonymous caller may leave it out.</summary>
    /// <exception cref="ProblemException">400 <c>MISSING_TENANT_ID</c> or <c>INVALID_TENANT_ID</c>.</exception>
    public static TenantId Resolve(IReadOnlyList<string> header, IReadOnlyList<string> query, bool anonymous)
    {
        string[] claims = [.. header, .. query];
        if (claims.Length == 0)
        {
            return anonymous
                ? TenantId.Default
                : throw ProblemException.Invalid("MISSING_TENANT_ID", $"Name the tenant in the header {TenantMiddleware.Header}.");
        }

        if (header.Count > 1 || query.Count > 1 || claims[0] != claims[^1])
            throw ProblemException.Invalid("INVALID_TENANT_ID", "The request names more than one tenant.");
        if (!TenantId.TryParse(claims[0], out var tenant))
            throw ProblemException.Invalid("INVALID_TENANT_ID", "A tenant id is 1 to 50 letters, digits, '_' or '-'.");
        return tenant;
    }
}
