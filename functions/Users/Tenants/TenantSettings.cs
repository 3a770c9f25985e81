using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Tenants;

/// <summary>What a tenant's owner decides about it.</summary>
public record TenantSettings
{
    [Required, StringLength(200, MinimumLength = 2)]
    public string Name { get; init; } = "";

    /// <summary>IDR or USD.</summary>
    [Required]
    public string DefaultCurrency { get; init; } = "IDR";

    /// <summary>Such as <c>en</c> or <c>id-ID</c>.</summary>
    [Required, RegularExpression(@"^(en|id)(-[A-Z]{2})?\z", ErrorMessage = "The languages are en and id, with a region if you like: id-ID.")]
    public string Locale { get; init; } = "en";

    /// <summary>Of the IANA database, such as <c>Asia/Jakarta</c>.</summary>
    [Required]
    public string TimeZone { get; init; } = "Asia/Jakarta";

    /// <summary>Requests a minute by class of routes: read, write, auth. What is not named has the product's default.</summary>
    [Required]
    public IReadOnlyDictionary<string, int> RateLimits { get; init; } = new Dictionary<string, int>();

    private static readonly string[] RouteClasses = ["read", "write", "auth"];

    /// <exception cref="ProblemException">400, by field.</exception>
    public void Check()
    {
        if (!Currency.TryParse(DefaultCurrency, out _))
            throw ProblemException.Invalid("defaultCurrency", "INVALID_CURRENCY", "The currencies are IDR and USD.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _) || !TimeZone.Contains('/') && TimeZone != "UTC")
            throw ProblemException.Invalid("timeZone", "INVALID_TIME_ZONE", "This is no time zone of the IANA database, such as Asia/Jakarta.");
        if (RateLimits.FirstOrDefault(limit => !RouteClasses.Contains(limit.Key) || limit.Value is < 1 or > 1_000_000) is { Key: { } wrong })
            throw ProblemException.Invalid("rateLimits", "INVALID_RATE_LIMIT", $"'{wrong}': the classes are read, write and auth, with 1 to 1,000,000 a minute.");
    }
}
