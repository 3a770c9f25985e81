using OtpNet;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>The secret that an authenticator app shares with us (RFC 6238: SHA-1, 30 s, 6 digits, which every app understands).</summary>
internal static class TotpSecret
{
    private const int Size = 20;

    // The codes before and after the present one: clocks of phones are not exact.
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    public static byte[] Create() => KeyGeneration.GenerateRandomKey(Size);

    /// <summary>As a person types it who cannot scan.</summary>
    public static string Text(byte[] secret) => Base32Encoding.ToString(secret).TrimEnd('=');

    public static string Uri(byte[] secret, string issuer, string account) => new OtpUri(OtpType.Totp, secret, account, issuer).ToString();

    /// <summary>The time step whose code this is, or null.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now) =>
        new Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, Window) ? step : null;

    /// <summary>What the sealed secret is bound to: one user's row is worth nothing in another's.</summary>
    public static string SealName(TenantId tenant, Guid user) => $"totp|{tenant}|{user:N}";
}
