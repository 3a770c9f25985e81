using System.ComponentModel.DataAnnotations;

namespace ServerlessBusiness.Users.Tenants;

/// <summary>What a tenant's own administrator decides; its limits are the platform's business.</summary>
public sealed record OwnTenantSettings
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

    internal TenantSettings ToSettings() => new() { Name = Name, DefaultCurrency = DefaultCurrency, Locale = Locale, TimeZone = TimeZone };
}
