using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Tenants;

/// <summary>What the platform decides about a tenant.</summary>
public record TenantSettings : OwnTenantSettings
{
    private static readonly string[] RouteClasses = ["read", "write", "auth"];

    /// <summary>Requests a minute by class of routes: read, write, auth. What is not named has the product's default.</summary>
    [Required]
    public IReadOnlyDictionary<string, int> RateLimits { get; init; } = new Dictionary<string, int>();

    public override void Check()
    {
        base.Check();
        if (RateLimits.FirstOrDefault(limit => !RouteClasses.Contains(limit.Key) || limit.Value is < 1 or > 1_000_000) is { Key: { } wrong })
            throw ProblemException.Invalid("rateLimits", "INVALID_RATE_LIMIT", $"'{wrong}': the classes are read, write and auth, with 1 to 1,000,000 a minute.");
    }
}
