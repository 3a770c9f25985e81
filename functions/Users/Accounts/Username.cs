using System.Globalization;
using System.Text;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>A username as it was typed and in the form that is compared: 3 to 50 letters, digits, emoji, '_', '.' and '-' of one writing system.</summary>
public sealed record Username
{
    private const int Shortest = 3;
    private const int Longest = 50;

    private Username(string typed, string normalized) => (Typed, Normalized) = (typed, normalized);

    public string Typed { get; }

    public string Normalized { get; }

    /// <exception cref="ProblemException">400 <c>INVALID_USERNAME</c>, saying why.</exception>
    public static Username Parse(string typed)
    {
        var shown = typed.Trim();
        if (LoginName.HasInvisible(shown))
            throw Refused("The username holds an invisible character. Type it anew.");

        var folded = LoginName.Fold(shown);
        if (folded.EnumerateRunes().Count() is < Shortest or > Longest || !folded.EnumerateRunes().All(IsAllowed)
            || folded.EnumerateRunes().All(IsPunctuation) || StartsWithMark(folded))
            throw Refused("A username has 3 to 50 letters, digits, emoji, '_', '.' or '-'.");
        if (LoginName.MixesScripts(folded))
            throw Refused("The username mixes writing systems, as names that imitate others do.");
        return new Username(shown, folded);
    }

    public static ProblemException Taken() => ProblemException.Conflict("USERNAME_TAKEN", "This username is taken. Choose another one.");

    private static bool IsPunctuation(Rune rune) => rune.Value is '_' or '.' or '-';

    private static bool IsAllowed(Rune rune) => IsPunctuation(rune) || IsMark(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherSymbol
        || IsSkinTone(rune);

    private static bool IsSkinTone(Rune rune) => rune.Value is >= 0x1F3FB and <= 0x1F3FF;

    private static bool StartsWithMark(string text) => IsMark(text.EnumerateRunes().First());

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static ProblemException Refused(string sentence) => ProblemException.Invalid("username", "INVALID_USERNAME", sentence);
}
