using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>The platform's account at Midtrans, where Midtrans is and how it is met (settings MIDTRANS_*).</summary>
public sealed record MidtransOptions : IValidatableObject
{
    public const string Sandbox = "https://api.sandbox.midtrans.com";
    public const string SnapSandbox = "https://app.sandbox.midtrans.com";
    private const string ProductionHost = "api.midtrans.com";
    private const string SandboxHost = "api.sandbox.midtrans.com";

    [Required]
    [ConfigurationKeyName("MIDTRANS_SERVER_KEY")]
    public string ServerKey { get; init; } = "";

    /// <summary>For browsers, which exchange a card for a token with it.</summary>
    [Required]
    [ConfigurationKeyName("MIDTRANS_CLIENT_KEY")]
    public string ClientKey { get; init; } = "";

    /// <summary>The Core API.</summary>
    [Required, Url]
    [ConfigurationKeyName("MIDTRANS_API_URL")]
    public string ApiUrl { get; init; } = Sandbox;

    /// <summary>The hosted page.</summary>
    [Required, Url]
    [ConfigurationKeyName("MIDTRANS_SNAP_URL")]
    public string SnapUrl { get; init; } = SnapSandbox;

    /// <summary>How long a call may take in all; after that its outcome is unknown and is looked up.</summary>
    [Range(1, 60)]
    [ConfigurationKeyName("MIDTRANS_TIMEOUT_SECONDS")]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Calls of one tenant at a time; further ones wait a second and are then refused, so that no tenant takes all.</summary>
    [Range(1, 1000)]
    [ConfigurationKeyName("MIDTRANS_CALLS_PER_TENANT")]
    public int CallsPerTenant { get; init; } = 20;

    /// <summary>When half of at least ten calls in half a minute failed, Midtrans is left alone for so long.</summary>
    [Range(1, 600)]
    [ConfigurationKeyName("MIDTRANS_BREAKER_SECONDS")]
    public int BreakerSeconds { get; init; } = 30;

    /// <summary>A second proof beside the signature: notifications must bring it as <c>token</c> in the query. Empty: not asked for.</summary>
    [ConfigurationKeyName("MIDTRANS_WEBHOOK_SECRET")]
    public string WebhookSecret { get; init; } = "";

    /// <summary>Networks that notifications may come from, separated by commas. Empty: any; the addresses change, so this is an extra only.</summary>
    [ConfigurationKeyName("MIDTRANS_WEBHOOK_ADDRESSES")]
    public string WebhookAddresses { get; init; } = "";

    public Uri BaseAddress => new(ApiUrl.TrimEnd('/') + "/");

    public Uri SnapAddress => new(SnapUrl.TrimEnd('/') + "/");

    internal IReadOnlyList<IPNetwork> WebhookNetworks => [.. Entries.Select(entry => TryRead(entry)!.Value)];

    /// <summary>Why a key does not belong to the bank behind the API's address, or null when it may.</summary>
    public string? Misfit(string key)
    {
        var host = Uri.TryCreate(ApiUrl, UriKind.Absolute, out var address) ? address.Host : "";
        return host switch
        {
            ProductionHost when MidtransKeys.IsSandbox(key) => "The key is one of the sandbox, but MIDTRANS_API_URL is the real bank.",
            SandboxHost when MidtransKeys.IsReal(key) => "The key is a real one, but MIDTRANS_API_URL is the sandbox.",
            _ => null,
        };
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Misfit(ServerKey) is { } server)
            yield return new ValidationResult(server, [nameof(ServerKey)]);
        if (Misfit(ClientKey) is { } client)
            yield return new ValidationResult(client, [nameof(ClientKey)]);
        if (MidtransKeys.Misfit(ServerKey, ClientKey) is { } pair)
            yield return new ValidationResult(pair, [nameof(ClientKey)]);
        if (IsOf(ApiUrl, ProductionHost) != IsOf(SnapUrl, "app.midtrans.com"))
            yield return new ValidationResult("MIDTRANS_API_URL and MIDTRANS_SNAP_URL are one of the sandbox and one of the real bank.", [nameof(SnapUrl)]);
        if (Entries.FirstOrDefault(entry => TryRead(entry) is null) is { } wrong)
            yield return new ValidationResult($"'{wrong}' is neither an address nor a network such as 103.208.23.0/24.", [nameof(WebhookAddresses)]);
    }

    private string[] Entries => WebhookAddresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOf(string url, string host) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Host == host;

    private static IPNetwork? TryRead(string entry) =>
        IPNetwork.TryParse(entry, out var network) ? network
        : IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
