using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Users.Sessions;

public sealed record SignInOptions
{
    /// <summary>Sign-ins a minute from one address: an IPv4 address, or the /64 of an IPv6 one.</summary>
    [Range(1, 100_000)]
    [ConfigurationKeyName("SIGN_INS_PER_ADDRESS")]
    public int PerAddress { get; init; } = 120;
}
