using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Finds card numbers and security codes in a body: they belong to the provider's script in the browser and must never reach us.</summary>
public static partial class CardData
{
    // Compared without case, '_' and '-'.
    private static readonly HashSet<string> Names =
    [
        "cvv", "cvv2", "cvc", "cvc2", "cid", "cardcvv", "cardcvc", "securitycode", "cardsecuritycode", "cardverificationvalue", "cardnumber",
        "cardno", "ccnumber", "creditcardnumber", "pan", "primaryaccountnumber", "track1", "track2", "trackdata",
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
    public static bool HoldsNumber(string text)
    {
        if (text.Length < 13 || Guid.TryParse(text, out _))
            return false;
        foreach (var match in Digits().EnumerateMatches(text))
        {
            var digits = string.Concat(text.AsSpan(match.Index, match.Length).ToString().Where(char.IsAsciiDigit));
            if (IsCard(digits))
                return true;
        }

        return false;
    }

    private static bool IsName(string name) =>
        Names.Contains(name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant());

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

    [GeneratedRegex(@"(?<![0-9A-Za-z-])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z-])", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
