using System.Globalization;
using System.Text.Json;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Requests;

/// <summary>Reads the values of a request as the kind's variables want them.</summary>
internal static class RequestValues
{
    private const int LongestText = 8_000;

    /// <exception cref="ProblemException">400 that names the variable which is missing, unknown or of another format.</exception>
    public static IReadOnlyDictionary<string, TemplateValue> Read(NotificationType type, IReadOnlyDictionary<string, JsonElement> given)
    {
        var formats = type.In(Locales.English).Formats;
        if (given.Keys.FirstOrDefault(name => !formats.ContainsKey(name)) is { } unknown)
            throw Invalid(unknown, "UNKNOWN_VARIABLE", $"'{type.Name}' has no variable '{unknown}'; it has {string.Join(", ", formats.Keys)}.");
        return formats.ToDictionary(
            variable => variable.Key,
            variable => given.TryGetValue(variable.Key, out var value) && Read(variable.Value, value) is { } read
                ? read
                : throw Invalid(variable.Key, "INVALID_VARIABLE", $"'{variable.Key}' needs {Wanted(variable.Value)}."));
    }

    private static TemplateValue? Read(VariableFormat format, JsonElement value) => (format, value.ValueKind) switch
    {
        (VariableFormat.Text, JsonValueKind.String) when Text(value) is { Length: <= LongestText } text => TemplateValue.Of(text),
        (VariableFormat.Text or VariableFormat.Number, JsonValueKind.Number) when value.TryGetDecimal(out var number) => TemplateValue.Of(number),
        (VariableFormat.Money, JsonValueKind.Object) => ReadMoney(value),
        (VariableFormat.Date or VariableFormat.DateTime, JsonValueKind.String)
            when DateTimeOffset.TryParse(Text(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) =>
            TemplateValue.Of(instant),
        _ => null,
    };

    // Half of a surrogate pair, written as an escape, is JSON and no text.
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static TemplateValue? ReadMoney(JsonElement value)
    {
        try
        {
            return TemplateValue.Of(value.Deserialize<Money>(ServerlessBusiness.Shared.Http.ApiJson.Options));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Wanted(VariableFormat format) => format switch
    {
        VariableFormat.Number => "a number",
        VariableFormat.Money => "an amount of money such as {\"amount\":531690,\"currency\":\"IDR\"}",
        VariableFormat.Date or VariableFormat.DateTime => "an instant in ISO 8601",
        _ => $"a text of at most {LongestText} characters or a number",
    };

    private static ProblemException Invalid(string name, string code, string detail) => ProblemException.Invalid($"variables.{name}", code, detail);
}
