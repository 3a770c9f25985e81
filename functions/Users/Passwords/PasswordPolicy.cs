using System.Text;
using ServerlessBusiness.Shared.Problems;
using Zxcvbn;
using Zxcvbn.Matcher;

namespace ServerlessBusiness.Users.Passwords;

/// <summary>
/// Length and nothing about its composition (NIST SP 800-63B, 5.1.1.2). What everybody tries first is refused: zxcvbn's lists of common
/// passwords, names and words, also in leet or one behind another, words of the tenant, the product and the user himself, and runs such as
/// 12345678.
/// </summary>
public static class PasswordPolicy
{
    public const int Shortest = 8;
    public const int Longest = 128;

    // Nobody guesses first what is longer, whatever it is made of.
    private const int Guessable = 24;

    // In bits. A common word is found within so many guesses, with a year and an exclamation mark behind it too; eight random letters are not.
    private const double Common = 24;
    private static readonly string[] ProductWords = ["trading", "platform", "tradingplatform", "serverless", "business", "prediction"];

    // Made once, for its lists hold ninety thousand words. Each look takes the words known of the user along and leaves nothing behind.
    private static readonly Zxcvbn.Zxcvbn Guesser = new();

    /// <summary>What is wrong with the password, or null when it is good.</summary>
    public static string? Fault(string password, IEnumerable<string?> words)
    {
        if (password.EnumerateRunes().Count() is var length && length is < Shortest or > Longest)
            return $"A password has {Shortest} to {Longest} characters.";

        var known = words.OfType<string>().Concat(ProductWords).SelectMany(Spellings).Where(word => word.Length > 2).ToList();
        return known.Contains(password, StringComparer.OrdinalIgnoreCase) || (length <= Guessable && IsAmongTheFirst(password.ToLowerInvariant(), known))
            ? "This password is among the first that are tried. Take a longer one, of several words for example."
            : null;
    }

    private static bool IsAmongTheFirst(string password, IEnumerable<string> known)
    {
        // The shortest way to guess it, in parts: a listed password may be two others in a row.
        var guessed = Guesser.EvaluatePassword(password, known);
        return guessed.Entropy < Common && (guessed.MatchSequence.Any(IsKnown) || guessed.MatchSequence.All(IsWordOrYear));
    }

    // Digits that only look like a date are as good as others.
    private static bool IsKnown(Match part) => part is RepeatMatch or SequenceMatch or SpatialMatch or DictionaryMatch { Token.Length: > 2 };

    private static bool IsWordOrYear(Match part) => part is DictionaryMatch or { Pattern: "year" };

    // As it stands, in its parts and with these run together.
    private static IEnumerable<string> Spellings(string word)
    {
        var parts = word.Split('@', '.', ' ', '-', '_');
        return [word, string.Concat(parts), .. parts];
    }

    /// <exception cref="ProblemException">400 <c>PASSWORD_REFUSED</c>, saying why.</exception>
    public static void Require(string password, string field, IEnumerable<string?> words)
    {
        if (Fault(password, words) is { } fault)
            throw ProblemException.Invalid(field, "PASSWORD_REFUSED", fault);
    }
}
