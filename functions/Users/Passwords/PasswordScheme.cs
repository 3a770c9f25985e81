using System.Security.Cryptography;
using System.Text;
using static BCrypt.Net.BCrypt;

namespace ServerlessBusiness.Users.Passwords;

/// <summary>
/// <c>hmac-sha384:</c> and bcrypt over base64(HMAC-SHA-384(pepper, password)): 64 characters, so that all of a long password counts and no
/// NUL ends it early. A bare <c>$2</c> is the first scheme, bcrypt over SHA-384 without a pepper.
/// </summary>
internal sealed class PasswordScheme(byte[] pepper, int cost)
{
    /// <summary>A quarter of a second for each guess; less is for tests.</summary>
    public const int LeastCost = 12;

    private const string Tag = "hmac-sha384:";

    public string Hash(string password) => Tag + HashPassword(Keyed(password), cost);

    public bool Verify(string password, string hash) => hash.StartsWith(Tag, StringComparison.Ordinal)
        ? BCrypt.Net.BCrypt.Verify(Keyed(password), hash[Tag.Length..])
        : EnhancedVerify(password, hash);

    public bool IsOld(string hash) =>
        !hash.StartsWith(Tag, StringComparison.Ordinal) || PasswordNeedsRehash(hash[Tag.Length..], cost);

    private string Keyed(string password) => Convert.ToBase64String(HMACSHA384.HashData(pepper, Encoding.UTF8.GetBytes(password)));
}
