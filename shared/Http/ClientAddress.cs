using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Whose word on the caller's address is believed.</summary>
public sealed record TrustedProxyOptions : IValidatableObject
{
    /// <summary>Addresses and networks (CIDR) of the proxies in front of the app, separated by commas.</summary>
    [ConfigurationKeyName("TRUSTED_PROXIES")]
    public string Proxies { get; init; } = "127.0.0.1,::1";

    internal IReadOnlyList<IPNetwork> Networks => [.. Entries.Select(entry => TryRead(entry)!.Value)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from entry in Entries
        where TryRead(entry) is null
        select new ValidationResult($"'{entry}' is neither an address nor a network such as 10.0.0.0/8.", [nameof(Proxies)]);

    private string[] Entries => Proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IPNetwork? TryRead(string entry) =>
        IPNetwork.TryParse(entry, out var network) ? network
        : IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}

/// <summary>
/// Where a request comes from: the rightmost address in <c>X-Forwarded-For</c> that no trusted proxy has, for everything left of it was
/// written by the caller.
/// </summary>
public sealed class ClientAddress(IOptions<TrustedProxyOptions> options)
{
    private const string Header = "X-Forwarded-For";
    private readonly IReadOnlyList<IPNetwork> proxies = options.Value.Networks;

    public IPAddress? Of(HttpContext http) => Of(http.Connection.RemoteIpAddress, http.Request.Headers[Header]);

    internal IPAddress? Of(IPAddress? peer, IEnumerable<string?> forwarded)
    {
        var address = Plain(peer);
        var hops = forwarded.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).Reverse();
        foreach (var hop in hops)
        {
            // An unreadable hop hides what is left of it; the last readable one answers for it.
            if (address is null || !IsTrusted(address) || !IPEndPoint.TryParse(hop, out var named))
                break;
            address = Plain(named.Address);
        }

        return address;
    }

    /// <summary>What is counted as one caller: an IPv4 address, or the /64 that one IPv6 customer has.</summary>
    public static string Network(IPAddress address)
    {
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private bool IsTrusted(IPAddress address) => proxies.Any(proxy => proxy.Contains(address));

    private static IPAddress? Plain(IPAddress? address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        // A scope names an interface of this machine, not a caller.
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => new IPAddress(address.GetAddressBytes()),
        _ => address,
    };
}
