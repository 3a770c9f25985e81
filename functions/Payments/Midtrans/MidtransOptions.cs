using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>The platform's account at Midtrans (settings MIDTRANS_*).</summary>
public sealed record MidtransOptions : IValidatableObject
{
    public const string Sandbox = "https://api.sandbox.midtrans.com";
    private const string ProductionHost = "api.midtrans.com";
    private const string SandboxHost = "api.sandbox.midtrans.com";

    [Required]
    [ConfigurationKeyName("MIDTRANS_SERVER_KEY")]
    public string ServerKey { get; init; } = "";

    /// <summary>For browsers, which exchange a card for a token with it.</summary>
    [Required]
    [ConfigurationKeyName("MIDTRANS_CLIENT_KEY")]
    public string ClientKey { get; init; } = "";

    [Required, Url]
    [ConfigurationKeyName("MIDTRANS_API_URL")]
    public string ApiUrl { get; init; } = Sandbox;

    /// <summary>How long a call may take in all; after that its outcome is unknown and is looked up.</summary>
    [Range(1, 60)]
    [ConfigurationKeyName("MIDTRANS_TIMEOUT_SECONDS")]
    public int TimeoutSeconds { get; init; } = 30;

    public Uri BaseAddress => new(ApiUrl.TrimEnd('/') + "/");

    /// <summary>Basic authentication with the server key as the user and no password.</summary>
    public string BasicCredentials => Convert.ToBase64String(Encoding.UTF8.GetBytes(ServerKey + ":"));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isSandboxKey = ServerKey.StartsWith("SB-", StringComparison.Ordinal);
        var host = Uri.TryCreate(ApiUrl, UriKind.Absolute, out var address) ? address.Host : "";
        if (host == ProductionHost && isSandboxKey)
            yield return new ValidationResult("The key is one of the sandbox, but MIDTRANS_API_URL is the real bank.", [nameof(ServerKey)]);
        if (host == SandboxHost && ServerKey.StartsWith("Mid-", StringComparison.Ordinal))
            yield return new ValidationResult("The key is a real one, but MIDTRANS_API_URL is the sandbox.", [nameof(ServerKey)]);
    }
}
