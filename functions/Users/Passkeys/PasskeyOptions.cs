using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>For which site passkeys are made, and which pages may ask for them. Without settings of their own that is the product's page.</summary>
public sealed record PasskeyOptions : IValidatableObject
{
    // An app on Android has no address; its origin names the key that signed it.
    private const string AndroidApp = "android:apk-key-hash:";

    [ConfigurationKeyName("APP_URL")]
    public string AppUrl { get; init; } = "";

    /// <summary>The domain that passkeys belong to. They are lost when it changes.</summary>
    [ConfigurationKeyName("PASSKEY_RP_ID")]
    public string RpId { get; init; } = "";

    /// <summary>Origins of the pages, comma-separated: each within the domain.</summary>
    [ConfigurationKeyName("PASSKEY_ORIGINS")]
    public string Origins { get; init; } = "";

    internal string RelyingParty => RpId.Length > 0 ? RpId : Page()?.Host ?? "";

    internal IReadOnlySet<string> AllowedOrigins => Origins.Length > 0
        ? Origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet()
        : Page() is { } page ? new HashSet<string> { page.GetLeftPart(UriPartial.Authority) } : [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri.CheckHostName(RelyingParty) != UriHostNameType.Dns || RelyingParty != RelyingParty.ToLowerInvariant())
            yield return new ValidationResult(
                $"Passkeys belong to a domain in small letters, which '{RelyingParty}' is not; without this setting it is the host of APP_URL.",
                [nameof(RpId)]);

        if (AllowedOrigins.Count == 0)
            yield return new ValidationResult("There is no origin; without this setting it is that of APP_URL.", [nameof(Origins)]);
        foreach (var origin in AllowedOrigins.Where(origin => !IsAllowed(origin, RelyingParty)))
            yield return new ValidationResult(
                $"'{origin}' is no origin within {RelyingParty} that browsers let use passkeys: https (http for localhost only), without a path.",
                [nameof(Origins)]);
    }

    // Browsers make passkeys for names only: a developer's page is localhost, whatever address it listens on.
    private Uri? Page()
    {
        if (!Uri.TryCreate(AppUrl, UriKind.Absolute, out var page))
            return null;
        return IPAddress.TryParse(page.DnsSafeHost, out var address) && IPAddress.IsLoopback(address)
            ? new UriBuilder(page) { Host = "localhost" }.Uri
            : page;
    }

    private static bool IsAllowed(string origin, string domain)
    {
        if (origin.StartsWith(AndroidApp, StringComparison.Ordinal))
            return origin.Length > AndroidApp.Length;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsWithin(uri.Host, "localhost")))
            && IsWithin(uri.Host, domain)
            && uri.UserInfo.Length == 0
            && origin == uri.GetLeftPart(UriPartial.Authority);
    }

    private static bool IsWithin(string host, string domain) => host == domain || host.EndsWith("." + domain, StringComparison.Ordinal);
}
