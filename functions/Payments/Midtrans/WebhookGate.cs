using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// What is asked of a notification before it is read: the token in its address, when there is a secret, and where it comes from, when that is
/// limited. Refused with 400, after which Midtrans repeats least.
/// </summary>
public sealed class WebhookGate(IOptions<MidtransOptions> options)
{
    public const string TokenName = "token";

    private readonly IReadOnlyList<IPNetwork> networks = options.Value.WebhookNetworks;

    /// <exception cref="ProblemException">400.</exception>
    public void Check(TenantId? tenant, string? token, IPAddress? address)
    {
        if (networks.Count > 0 && !networks.Any(network => address is not null && network.Contains(address)))
            throw ProblemException.Invalid("ADDRESS_NOT_ALLOWED", "Notifications are not taken from this address.");
        var secret = options.Value.WebhookSecret;
        if (secret.Length > 0 && !CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(TokenOf(secret, tenant)), Encoding.UTF8.GetBytes(token ?? "")))
            throw ProblemException.Invalid("INVALID_WEBHOOK_TOKEN", "The address of this notification lacks the token that was agreed on.");
    }

    /// <summary>The query of the address that the tenant gives to Midtrans; empty when no token is asked for.</summary>
    public static string QueryOf(MidtransOptions options, TenantId? tenant) =>
        options.WebhookSecret.Length == 0 ? "" : $"?{TokenName}={Uri.EscapeDataString(TokenOf(options.WebhookSecret, tenant))}";

    // A tenant's own token says nothing about the platform's or another tenant's.
    private static string TokenOf(string secret, TenantId? tenant) => tenant is { } id
        ? Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"webhook|{id}")))
        : secret;
}
