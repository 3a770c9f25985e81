using System.Text;
using ServerlessBusiness.Shared.Problems;
using Zxcvbn.Matcher;

namespace ServerlessBusiness.Users.Passwords;

/// <summary>
/// Length and nothing about its composition (NIST SP 800-63B, 5.1.1.2). What everybody tries first is refused: zxcvbn's lists of common
/// passwords, names and words, also reversed or in leet, words of the tenant, the product and the user himself, and runs such as 12345678.
/// </summary>
public static class PasswordPolicy
{
    public const int Shortest = 8;
    public const int Longest = 128;

    // Nobody guesses first what is longer, whatever it is made of.
    private const int Guessable = 24;

    // A common password stays one with a year or an exclamation mark behind it.
    private const int Decoration = 4;
    private static readonly string[] ProductWords = ["trading", "platform", "tradingplatform", "serverless", "business", "prediction"];

    /// <summary>What is wrong with the password, or null when it is good.</summary>
    public static string? Fault(string password, IEnumerable<string> words)
    {
        if (password.EnumerateRunes().Count() is var length && length is < Shortest or > Longest)
            return $"A password has {Shortest} to {Longest} characters.";

        var known = words.Concat(ProductWords).SelectMany(Spellings).Where(word => word.Length > 2).ToList();
        return known.Contains(password, StringComparer.OrdinalIgnoreCase) || (length <= Guessable && IsAmongTheFirst(password.ToLowerInvariant(), known))
            ? "This password is among the first that are tried. Take a longer one, of several words for example."
            : null;
    }

    private static bool IsAmongTheFirst(string password, IEnumerable<string> known)
    {
        var guessed = Zxcvbn.Zxcvbn.MatchPassword(password, known);
        return guessed.MatchSequence.Any(part => part.Token.Length >= password.Length - Decoration
            // Whatever the list: each word stands in one only, "jennifer" among the names and not among the passwords.
            && part is RepeatMatch or SequenceMatch or SpatialMatch or DictionaryMatch);
    }

    // As it stands, in its parts and with these run together.
    private static IEnumerable<string> Spellings(string word)
    {
        var parts = word.Split('@', '.', ' ', '-', '_');
        return [word, string.Concat(parts), .. parts];
    }

    /// <exception cref="ProblemException">400 <c>PASSWORD_REFUSED</c>, saying why.</exception>
    public static void Require(string password, string field, IEnumerable<string> words)
    {
        if (Fault(password, words) is { } fault)
            throw ProblemException.Invalid(field, "PASSWORD_REFUSED", fault);
    }
}
