using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Rows as RFC 4180 has them: a column for each member, named as in JSON.</summary>
public static class Csv
{
    private const string NeedQuotes = "\",\r\n";

    // A spreadsheet takes a text that begins so for a formula.
    private const string Formula = "=+-@\t";

    public static string Of<T>(IEnumerable<T> rows)
    {
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        var text = new StringBuilder();
        Append(text, properties.Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));
        foreach (var row in rows)
            Append(text, properties.Select(property => Cell(property.GetValue(row))));
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells).Append("\r\n");

    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            string word when word.Length > 0 && Formula.Contains(word[0]) => "'" + word,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.AsSpan().IndexOfAny(NeedQuotes) < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}
