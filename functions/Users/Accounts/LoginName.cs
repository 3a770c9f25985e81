using System.Globalization;
using System.Text;
using ICU4N.Globalization;
using ICU4N.Text;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>
/// E-mail addresses and usernames are compared in one form (NFKC, case folded) and shown as they were typed. .NET normalises nothing where
/// no ICU is installed, so ICU's own tables in C# do it.
/// </summary>
internal static class LoginName
{
    private static readonly Normalizer2 Folding = Normalizer2.GetInstance(null, "nfkc_cf", Normalizer2Mode.Compose);

    // UTS #39, "highly restrictive": writing systems that are mixed by people who write that language.
    private static readonly int[][] WrittenTogether =
    [
        [UScript.Latin, UScript.Han, UScript.Hiragana, UScript.Katakana],
        [UScript.Latin, UScript.Han, UScript.Bopomofo],
        [UScript.Latin, UScript.Han, UScript.Hangul],
    ];

    /// <summary>The form that is compared. Never throws: whatever a person types at sign-in has one.</summary>
    public static string Fold(string typed) => Folding.Normalize(typed.Trim()).Trim();

    /// <summary>Whether a text holds something nobody sees: control, format, private and unassigned characters, fillers.</summary>
    public static bool HasInvisible(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        return runes.Where((rune, at) => IsInvisible(rune, Rune.GetUnicodeCategory(rune)) && !BelongsToEmoji(runes, at)).Any();
    }

    // U+FE0F asks for the coloured form of the emoji before it, U+200D joins two to one: typed names have both.
    private static bool BelongsToEmoji(Rune[] runes, int at) => runes[at].Value switch
    {
        0xFE0F => at > 0 && IsEmoji(runes[at - 1]),
        0x200D => at > 0 && at < runes.Length - 1 && IsEmoji(runes[at + 1])
            && (IsEmoji(runes[at - 1]) || runes[at - 1].Value == 0xFE0F),
        _ => false,
    };

    private static bool IsEmoji(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol || rune.Value is >= 0x1F3FB and <= 0x1F3FF;

    /// <summary>
    /// Whether letters, digits or marks of writing systems stand side by side that no language mixes, as in a Latin word with one Cyrillic letter
    /// or a Malayalam zero.
    /// </summary>
    public static bool MixesScripts(string text)
    {
        // Emoji belong to none; the tables do not know the newer ones.
        var scripts = text.EnumerateRunes().Where(rune => !IsEmoji(rune)).Select(rune => UScript.GetScript(rune.Value))
            .Where(script => script is not (UScript.Common or UScript.Inherited)).Distinct().ToList();
        return scripts.Count > 1 && !WrittenTogether.Any(together => scripts.All(together.Contains));
    }

    private static bool IsInvisible(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        // Symbols that are drawn as nothing: the empty braille cell, what stands for an object, a note without a head.
        || rune.Value is 0x2800 or 0xFFFC or 0x1D159
        || Folding.Normalize(rune.ToString()).Length == 0;
}
