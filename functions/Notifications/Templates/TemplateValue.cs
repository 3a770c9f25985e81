using System.Globalization;
using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>
/// What a template's variable stands for: a text, a number, an amount, an instant or a sealed secret. It is kept as it is and shown in the
/// reader's language and on the reader's clock.
/// </summary>
public sealed record TemplateValue
{
    private const string Hidden = "•••";

    private static readonly NumberFormatInfo Indonesian = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Number { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Money? Amount { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Day { get; init; }

    /// <summary>A secret for the reader alone: opened when it is sent, hidden wherever it is kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sealed { get; init; }

    public static TemplateValue Of(string text) => new() { Text = text };

    public static TemplateValue OfSealed(string box) => new() { Sealed = box };

    /// <summary>Something that has its value only when it is sent.</summary>
    public static TemplateValue Later { get; } = new() { Sealed = "" };

    public static TemplateValue Of(decimal number) => new() { Number = number };

    public static TemplateValue Of(Money amount) => new() { Amount = amount };

    public static TemplateValue Of(DateTimeOffset day) => new() { Day = day };

    /// <summary>Whether a variable of this format can show it.</summary>
    public bool Fits(VariableFormat format) => format switch
    {
        VariableFormat.Number => Number is not null,
        VariableFormat.Money => Amount is not null,
        VariableFormat.Date or VariableFormat.DateTime => Day is not null,
        _ => Text is not null || Number is not null || Sealed is not null,
    };

    public string Display(VariableFormat format, Reader reader) => this switch
    {
        { Sealed: not null } => Hidden,
        { Amount: { } amount } => amount.Display(reader.Locale),
        { Number: { } number } when format == VariableFormat.Number =>
            number.ToString("#,0.##########", reader.Locale == Locales.Indonesian ? Indonesian : CultureInfo.InvariantCulture),
        { Number: { } number } => number.ToString(CultureInfo.InvariantCulture),
        { Day: { } instant } when format == VariableFormat.DateTime =>
            DateFormat.Instant(TimeZoneInfo.ConvertTime(instant, reader.Zone), reader.Locale),
        { Day: { } instant } => DateFormat.Day(TimeZoneInfo.ConvertTime(instant, reader.Zone), reader.Locale),
        _ => Text ?? "",
    };
}
