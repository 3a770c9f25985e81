using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Mfa;

/// <summary>A code of 60 bits for whoever has lost his phone. We keep a keyed hash that covers tenant and user.</summary>
internal static class RecoveryCode
{
    public const int Count = 10;
    private const int Letters = 12;

    // Crockford's base32: no letter is mistaken for a digit.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static IReadOnlyList<string> CreateSet() => [.. Enumerable.Range(0, Count).Select(_ => Create())];

    public static byte[] Hash(byte[] key, TenantId tenant, Guid user, string code) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tenant}|{user:N}|{Fold(code)}"));

    private static string Create()
    {
        var letters = RandomNumberGenerator.GetString(Alphabet, Letters);
        return $"{letters[..4]}-{letters[4..8]}-{letters[8..]}";
    }

    // Copied from paper: in capitals, without hyphens, with a letter for the digit that it looks like.
    private static string Fold(string code) =>
        code.ToLowerInvariant().Replace("-", "").Replace(" ", "").Replace('o', '0').Replace('i', '1').Replace('l', '1');
}
