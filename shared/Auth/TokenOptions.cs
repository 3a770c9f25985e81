using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>The secret all services share and how long tokens live.</summary>
public sealed record TokenOptions
{
    /// <summary>At least 32 bytes. Keys for each purpose are derived from it, it is never used as a key itself.</summary>
    [Required]
    [MinLength(32)]
    [ConfigurationKeyName("JWT_SECRET")]
    public string Secret { get; init; } = "";

    [Range(1, 168)]
    [ConfigurationKeyName("ACCESS_TOKEN_HOURS")]
    public int AccessTokenHours { get; init; } = 24;

    [Range(1, 90)]
    [ConfigurationKeyName("REFRESH_TOKEN_DAYS")]
    public int RefreshTokenDays { get; init; } = 7;

    /// <summary>The key under which secrets of mails travel from Users to Notifications.</summary>
    public byte[] MailSecretsKey => DeriveKey("mail-secrets");

    /// <summary>A 256-bit key for one purpose (HKDF, RFC 5869).</summary>
    public byte[] DeriveKey(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(Secret), 32, info: Encoding.UTF8.GetBytes(purpose));
}
