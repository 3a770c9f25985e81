using System.Globalization;
using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>
/// What a template's variable stands for: a text, an amount, a day or a sealed secret. It is kept as it is and shown in the reader's language.
/// </summary>
public sealed record TemplateValue
{
    private const string Hidden = "•••";

    private static readonly string[] IndonesianMonths =
        ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Money? Amount { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Day { get; init; }

    /// <summary>A secret for the reader alone: opened when it is sent, hidden wherever it is kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sealed { get; init; }

    public static TemplateValue Of(string text) => new() { Text = text };

    public static TemplateValue OfSealed(string box) => new() { Sealed = box };

    public static TemplateValue Of(int number) => new() { Text = number.ToString(CultureInfo.InvariantCulture) };

    public static TemplateValue Of(Money amount) => new() { Amount = amount };

    public static TemplateValue Of(DateTimeOffset day) => new() { Day = day };

    public string Display(string locale)
    {
        if (Sealed is not null)
            return Hidden;
        if (Amount is { } amount)
            return amount.Display(locale);
        if (Day is not { } day)
            return Text ?? "";

        // The apps run without ICU, so months other than English ones are our own words.
        var month = locale == Locales.Indonesian
            ? IndonesianMonths[day.UtcDateTime.Month - 1]
            : day.UtcDateTime.ToString("MMMM", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{day.UtcDateTime.Day} {month} {day.UtcDateTime.Year}");
    }
}
