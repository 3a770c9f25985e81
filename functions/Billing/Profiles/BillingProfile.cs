using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Profiles;

/// <summary>How a tenant appears on its documents, and the ways to pay that its hosted pages offer.</summary>
public sealed record BillingProfile(
    string LegalName, string Address, string? TaxId, string? Email, string Locale, string[] Methods, string? LogoId, DateTimeOffset? UpdatedAt)
{
    /// <summary>All the ways to pay that there are.</summary>
    public static readonly IReadOnlyList<string> AllMethods =
        ["bank_transfer", "gopay", "shopeepay", "dana", "indomaret", "alfamart", "credit_card"];

    public SellerVersion Seller => new(Documents.Seller.Of(LegalName, Address, TaxId, Email), Locale, LogoId);

    /// <summary>What holds for a tenant that has said nothing: its name, its language and all methods.</summary>
    public static BillingProfile DefaultOf(TenantProfile tenant) =>
        new(tenant.Name, "", TaxId: null, Email: null, DateFormat.IsIndonesian(tenant.Locale) ? "id" : "en", [.. AllMethods], LogoId: null, UpdatedAt: null);
}
