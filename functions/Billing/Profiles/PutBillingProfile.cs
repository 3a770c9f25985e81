using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Profiles;

public sealed record PutBillingProfileRequest
{
    [Required, StringLength(120, MinimumLength = 2)]
    public string LegalName { get; init; } = "";

    /// <summary>At most six lines.</summary>
    [StringLength(400)]
    public string Address { get; init; } = "";

    /// <summary>The NPWP or another tax number, as documents show it.</summary>
    [StringLength(40)]
    public string? TaxId { get; init; }

    [EmailAddress, StringLength(254)]
    public string? Email { get; init; }

    /// <summary>The language of documents: en or id.</summary>
    [Required, RegularExpression("^(en|id)\\z", ErrorMessage = "The languages are en and id.")]
    public string Locale { get; init; } = "en";

    /// <summary>The ways to pay that hosted pages offer, in that order.</summary>
    [Required, MinLength(1), MaxLength(7)]
    public IReadOnlyList<string> Methods { get; init; } = [];
}

public sealed record PutLogoRequest
{
    /// <summary>A PNG or JPEG of at most 100 KB, in Base64.</summary>
    [Required, Base64String]
    public string Data { get; init; } = "";
}

public sealed record BillingProfileView(
    string LegalName, string Address, string? TaxId, string? Email, string Locale, IReadOnlyList<string> Methods, bool HasLogo, DateTimeOffset? UpdatedAt)
{
    public static BillingProfileView Of(BillingProfile profile) => new(
        profile.LegalName, profile.Address, profile.TaxId, profile.Email, profile.Locale, profile.Methods, profile.LogoId is not null,
        profile.UpdatedAt);
}

/// <summary>Changes how the tenant appears on documents from now on; those that are made stay as they are.</summary>
public sealed class PutBillingProfile(BillingProfileStore store, BillingProfiles profiles, BillingTime time)
{
    private const int MostLines = 6;

    public async Task<BillingProfileView> RunAsync(TenantId tenant, PutBillingProfileRequest request, CancellationToken cancellationToken)
    {
        var address = request.Address.ReplaceLineEndings("\n").Trim();
        if (address.Count(character => character == '\n') >= MostLines)
            throw ProblemException.Invalid("address", "ADDRESS_TOO_LONG", "An address has at most six lines.");
        if (request.Methods.FirstOrDefault(method => !BillingProfile.AllMethods.Contains(method)) is { } unknown)
            throw ProblemException.Invalid("methods", "UNKNOWN_METHOD", $"'{unknown}' is none of {string.Join(", ", BillingProfile.AllMethods)}.");
        if (request.Methods.Distinct().Count() < request.Methods.Count)
            throw ProblemException.Invalid("methods", "METHOD_TWICE", "Name each method once.");

        var profile = new BillingProfile(
            request.LegalName.Trim(), address, Given(request.TaxId), Given(request.Email), request.Locale,
            [.. request.Methods], LogoId: null, UpdatedAt: null);
        return BillingProfileView.Of(await store.PutAsync(tenant, profile, time.GetUtcNow(), cancellationToken));
    }

    public async Task<BillingProfileView> PutLogoAsync(TenantId tenant, PutLogoRequest request, CancellationToken cancellationToken)
    {
        var logo = Logo.Check(Convert.FromBase64String(request.Data));
        await store.PutLogoAsync(tenant, logo, await profiles.GetAsync(tenant, cancellationToken), time.GetUtcNow(), cancellationToken);
        return BillingProfileView.Of(await profiles.GetAsync(tenant, cancellationToken));
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
