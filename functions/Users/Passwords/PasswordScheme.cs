using System.Globalization;
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

    /// <summary>Compared when there is no such account, so that an unknown name takes as long as a wrong password. No password is known to have it.</summary>
    public string OfNobody => string.Create(CultureInfo.InvariantCulture, $"{Tag}$2a${cost:00}${new string('.', 53)}");

    public string Hash(string password) => Tag + HashPassword(Keyed(password), cost);

    /// <summary>Whether the hash is of this password. A hash of a lower cost takes as long as one of today's, or that would tell it from none.</summary>
    public bool Verify(string password, string hash)
    {
        var isTagged = hash.StartsWith(Tag, StringComparison.Ordinal);
        var bcrypt = isTagged ? hash[Tag.Length..] : hash;
        var isRight = isTagged ? BCrypt.Net.BCrypt.Verify(Keyed(password), bcrypt) : EnhancedVerify(password, bcrypt);
        foreach (var missing in Missing(int.Parse(InterrogateHash(bcrypt).WorkFactor, CultureInfo.InvariantCulture), cost))
            HashPassword(Keyed(password), missing);
        return isRight;
    }

    /// <summary>The costs of the hashes that are, together with one of the lower cost, as much work as one of the higher.</summary>
    internal static IEnumerable<int> Missing(int lower, int higher) => Enumerable.Range(lower, Math.Max(higher - lower, 0));

    public bool IsOld(string hash) =>
        !hash.StartsWith(Tag, StringComparison.Ordinal) || PasswordNeedsRehash(hash[Tag.Length..], cost);

    private string Keyed(string password) => Convert.ToBase64String(HMACSHA384.HashData(pepper, Encoding.UTF8.GetBytes(password)));
}
