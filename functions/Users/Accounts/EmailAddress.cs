using System.Buffers;
using System.Globalization;
using System.Text;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>An e-mail address as it was typed and in the form that is compared: folded, its domain in ASCII (RFC 5891).</summary>
public sealed record EmailAddress
{
    private const int LongestLocalPart = 64;
    private const int Longest = 254;
    private const string Marks = "!#$%&'*+-/=?^_`{|}~.";
    private static readonly char[] Ats = ['@', '\uFF20', '\uFE6B'];

    // UTS #46, 6: what older and newer software turns into different domains.
    private static readonly SearchValues<char> Deviating = SearchValues.Create("\u00DF\u1E9E\u03C2\u200C\u200D");
    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };

    private EmailAddress(string typed, string normalized) => (Typed, Normalized) = (typed, normalized);

    public string Typed { get; }

    public string Normalized { get; }

    /// <summary>Where its mail goes: as it was typed when every mail server reads that, else in the form that is compared.</summary>
    public string Deliverable => Ascii.IsValid(Typed) ? Typed : Normalized;

    /// <exception cref="ProblemException">400 <c>INVALID_EMAIL</c>, saying why.</exception>
    public static EmailAddress Parse(string typed)
    {
        var shown = typed.Trim();
        if (LoginName.HasInvisible(shown))
            throw Refused("The e-mail address holds an invisible character. Type it anew.");

        var folded = LoginName.Fold(shown);
        var at = folded.LastIndexOf('@');
        if (at < 1 || Local(folded[..at]) is not { } local || Domain(folded[(at + 1)..]) is not { } domain || local.Length + 1 + domain.Length > Longest)
            throw Refused("This is not an e-mail address. It reads name@example.com.");
        if (LoginName.MixesScripts(local) || Domains.GetUnicode(domain).Split('.').Any(LoginName.MixesScripts))
            throw Refused("The e-mail address mixes writing systems, as addresses that imitate others do.");
        if (shown[shown.LastIndexOfAny(Ats)..].AsSpan().ContainsAny(Deviating))
            throw Refused("This domain is another one for some mail servers. Write it in its ASCII form, xn--...");
        return new EmailAddress(shown, $"{local}@{domain}");
    }

    /// <summary>The compared form of what somebody typed to sign in, be it an address or a username; of a bad address the folded text.</summary>
    public static string FoldLogin(string typed)
    {
        var folded = LoginName.Fold(typed);
        var at = folded.LastIndexOf('@');
        return at > 0 && Domain(folded[(at + 1)..]) is { } domain ? $"{folded[..at]}@{domain}" : folded;
    }

    private static string? Local(string text)
    {
        var valid = text.Length <= LongestLocalPart && !text.StartsWith('.') && !text.EndsWith('.') && !text.Contains("..", StringComparison.Ordinal)
            && text.EnumerateRunes().All(rune => rune.IsAscii
                ? Rune.IsLetterOrDigit(rune) || Marks.Contains((char)rune.Value)
                : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
        return valid ? text : null;
    }

    private static string? Domain(string text)
    {
        try
        {
            var ascii = Domains.GetAscii(text).ToLowerInvariant();
            // What stands there encoded must be the encoding of something, and the only one.
            var isCanonical = Domains.GetAscii(Domains.GetUnicode(ascii)).Equals(ascii, StringComparison.OrdinalIgnoreCase);
            return ascii.Contains('.') && !ascii.EndsWith('.') && isCanonical ? ascii : null;
        }
        catch (ArgumentException)
        {
            // IdnMapping has no other way to say that it is none.
            return null;
        }
    }

    private static ProblemException Refused(string sentence) => ProblemException.Invalid("email", "INVALID_EMAIL", sentence);
}
