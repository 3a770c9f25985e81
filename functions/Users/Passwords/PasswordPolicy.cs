using System.Text;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Passwords;

/// <summary>
/// Length and nothing about its composition (NIST SP 800-63B, 5.1.1.2). What everybody tries first is refused: zxcvbn's lists of common
/// passwords, names and keyboard walks, and words of the tenant, the product and the user himself.
/// </summary>
public static class PasswordPolicy
{
    public const int Shortest = 8;
    public const int Longest = 128;

    // Its time grows with the length, and nobody guesses what is this long.
    private const int Scored = 64;
    private const int TooEasy = 1;
    private static readonly string[] ProductWords = ["trading", "platform", "tradingplatform", "serverless", "business", "prediction"];

    /// <summary>What is wrong with the password, or null when it is good.</summary>
    public static string? Fault(string password, IEnumerable<string> words)
    {
        if (password.EnumerateRunes().Count() is var length && length is < Shortest or > Longest)
            return $"A password has {Shortest} to {Longest} characters.";

        var known = words.Concat(ProductWords).SelectMany(word => word.Split('@', '.', ' ', '-', '_').Append(word)).Where(word => word.Length > 2);
        var score = Zxcvbn.Zxcvbn.MatchPassword(password[..Math.Min(password.Length, Scored)].ToLowerInvariant(), known).Score;
        return score <= TooEasy ? "This password is among the first that are tried. Take a longer one, of several words for example." : null;
    }

    /// <exception cref="ProblemException">400 <c>PASSWORD_REFUSED</c>, saying why.</exception>
    public static void Require(string password, string field, IEnumerable<string> words)
    {
        if (Fault(password, words) is { } fault)
            throw ProblemException.Invalid(field, "PASSWORD_REFUSED", fault);
    }
}
