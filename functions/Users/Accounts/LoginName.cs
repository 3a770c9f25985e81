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
        var before = UnicodeCategory.OtherNotAssigned;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            // U+FE0F asks for the coloured form of the emoji before it; typed names have it.
            var isEmojiStyle = rune.Value == 0xFE0F && before == UnicodeCategory.OtherSymbol;
            if (!isEmojiStyle && IsInvisible(rune, category))
                return true;
            before = category;
        }

        return false;
    }

    /// <summary>Whether letters of writing systems stand side by side that no language mixes, as in a Latin word with one Cyrillic letter.</summary>
    public static bool MixesScripts(string text)
    {
        var scripts = text.EnumerateRunes().Where(Rune.IsLetter).Select(rune => UScript.GetScript(rune.Value))
            .Where(script => script is not (UScript.Common or UScript.Inherited)).Distinct().ToList();
        return scripts.Count > 1 && !WrittenTogether.Any(together => scripts.All(together.Contains));
    }

    private static bool IsInvisible(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value == 0x2800
        || Folding.Normalize(rune.ToString()).Length == 0;
}
