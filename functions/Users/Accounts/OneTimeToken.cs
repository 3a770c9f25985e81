using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>What a link sent by mail is good for.</summary>
public enum TokenPurpose
{
    VerifyEmail,
    ResetPassword,
    AcceptInvitation,
}

/// <summary>160 random bits, shown once. We keep a hash that covers tenant and purpose, so that a token is worth nothing anywhere else.</summary>
internal static class OneTimeToken
{
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(20));

    public static byte[] Hash(TenantId tenant, TokenPurpose purpose, string token) => SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}|{purpose}|{token}"));

    public static TimeSpan Life(TokenPurpose purpose) => purpose switch
    {
        TokenPurpose.VerifyEmail => TimeSpan.FromHours(24),
        TokenPurpose.ResetPassword => TimeSpan.FromHours(1),
        TokenPurpose.AcceptInvitation => TimeSpan.FromDays(7),
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "There is no life for this purpose."),
    };

    /// <summary>As the table spells it.</summary>
    public static string Name(this TokenPurpose purpose) => purpose switch
    {
        TokenPurpose.VerifyEmail => "verify_email",
        TokenPurpose.ResetPassword => "reset_password",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "Tokens of this purpose are kept elsewhere."),
    };
}
