using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Finds card numbers and security codes in a body: they belong to the provider's script in the browser and must never reach us.</summary>
public static partial class CardData
{
    // Compared without case, '_', '-', '.' and blanks.
    private static readonly HashSet<string> Names =
    [
        "cvv", "cvv2", "cvc", "cvc2", "cid", "cardcvv", "cardcvc", "securitycode", "cardsecuritycode", "cardverificationvalue", "cardnumber",
        "cardno", "ccnumber", "creditcardnumber", "pan", "primaryaccountnumber", "track1", "track2", "trackdata",
        "csc", "cvn", "cvv2code", "cvvcode", "cvccode", "cvnumber", "cardcsc", "cardcvn", "cvvnumber", "cvcnumber", "cardverificationcode",
        "cardverificationnumber", "verificationvalue", "cardsecurityvalue", "cardcvv2", "cardcvc2",
    ];

    /// <summary>Whether the body names or holds such a thing; what is not JSON is looked through as text.</summary>
    public static bool IsIn(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            while (reader.Read())
            {
                var found = reader.TokenType switch
                {
                    JsonTokenType.PropertyName => reader.GetString() is { } name && (IsName(name) || HoldsNumber(name)),
                    JsonTokenType.String => reader.GetString() is { } text && HoldsNumber(text),
                    JsonTokenType.Number => HoldsNumber(Encoding.ASCII.GetString(reader.ValueSpan)),
                    _ => false,
                };
                if (found)
                    return true;
            }

            return false;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return HoldsNumber(Encoding.UTF8.GetString(body));
        }
    }

    /// <summary>Whether 13 to 19 digits in a row, perhaps in groups, can be the number of a card: its first digits and its check digit fit.</summary>
    public static bool HoldsNumber(string text) =>
        text.Length >= 13 && !Guid.TryParse(text, out _) && (HoldsNumber(text, Digits()) || HoldsNumber(text, Groups()));

    private static bool HoldsNumber(string text, Regex written)
    {
        foreach (var match in written.EnumerateMatches(text))
        {
            if (!IsOfAnId(text, match) && Readings(text.Substring(match.Index, match.Length)).Any(IsCard))
                return true;
        }

        return false;
    }

    // One point alone is that of a decimal number or of a sentence, and parts two numbers; several group one.
    private static IEnumerable<string> Readings(string found) => found.Count(sign => sign == '.') == 1
        ? found.Split('.').Select(DigitsOf)
        : [DigitsOf(found)];

    private static string DigitsOf(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    // Ids in hex hold long rows of digits between their letters. A word is glued to a number by other letters.
    private static bool IsOfAnId(string text, ValueMatch match)
    {
        var (from, until) = (match.Index, match.Index + match.Length);
        while (from > 0 && char.IsAsciiLetterOrDigit(text[from - 1]))
            from--;
        while (until < text.Length && char.IsAsciiLetterOrDigit(text[until]))
            until++;
        var letters = text[from..match.Index] + text[(match.Index + match.Length)..until];
        return letters.Length > 0 && letters.All(char.IsAsciiHexDigit);
    }

    private static bool IsName(string name) =>
        Names.Contains(string.Concat(name.Where(sign => sign is not ('_' or '-' or '.' or ' '))).ToLowerInvariant());

    // Telephone numbers have up to 15 digits, and one in ten has a fitting check digit: the first digits tell most of them apart.
    private static bool IsCard(string digits) => digits.Length switch
    {
        13 => digits[0] == '4',
        14 => digits is ['3', '0' or '6' or '8' or '9', ..],
        15 => digits is ['3', '4' or '7', ..],
        >= 16 and <= 19 => digits[0] is '2' or '3' or '4' or '5' or '6',
        _ => false,
    } && Luhn(digits);

    private static bool Luhn(string digits)
    {
        var sum = 0;
        for (var at = 0; at < digits.Length; at++)
        {
            var digit = digits[^(at + 1)] - '0';
            var weighed = at % 2 == 1 ? digit * 2 : digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }

        return sum % 10 == 0;
    }

    [GeneratedRegex(@"(?<![0-9-])[0-9](?:[ .-]?[0-9]){12,18}(?![0-9-])", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    // As cards show it, in groups of four or of four, six and five, whatever parts them as long as it is the same.
    [GeneratedRegex(
        @"(?<![0-9-])[0-9]{4}(?<between>[\s._/-]{1,2})[0-9]{4,6}\k<between>[0-9]{4,5}(?:\k<between>[0-9]{1,4}){0,2}(?![0-9-])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Groups();
}
