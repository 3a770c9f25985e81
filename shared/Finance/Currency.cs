using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Shared.Finance;

/// <summary>An ISO 4217 currency that the platform trades in, with the number of decimals it is traded in.</summary>
[JsonConverter(typeof(CurrencyJsonConverter))]
public readonly record struct Currency
{
    /// <summary>US dollar, two decimals.</summary>
    public static readonly Currency Usd = new("USD", 2);

    /// <summary>Indonesian rupiah. ISO gives it two decimals, but no bank or provider has charged sen for decades.</summary>
    public static readonly Currency Idr = new("IDR", 0);

    private static readonly Currency[] Known = [Usd, Idr];

    private readonly string? code;
    private readonly byte exponent;

    private Currency(string code, byte exponent)
    {
        this.code = code;
        this.exponent = exponent;
    }

    /// <summary>The three-letter code in capitals. Throws <see cref="InvalidOperationException"/> on the default value.</summary>
    public string Code => code ?? throw new InvalidOperationException("The currency was never set; take one from Currency.Parse.");

    /// <summary>Decimals of the minor unit: 2 for cents, 0 for rupiah.</summary>
    public int Exponent => code is null ? throw new InvalidOperationException("The currency was never set.") : exponent;

    /// <summary>Reads a three-letter code in capitals. Throws <see cref="FormatException"/> for any other text.</summary>
    public static Currency Parse(string? text) =>
        TryParse(text, out var currency)
            ? currency
            : throw new FormatException($"Currency '{Shorten(text)}' is not supported; use USD or IDR in capital letters.");

    /// <summary>Reads a three-letter code in capitals; false for any other text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Currency currency)
    {
        foreach (var known in Known)
        {
            if (known.code != text)
                continue;
            currency = known;
            return true;
        }

        currency = default;
        return false;
    }

    /// <summary>The three-letter code.</summary>
    public override string ToString() => Code;

    // Money reads it as well: the path of an error is that of the whole, not of the part.
    internal static Currency Read(in Utf8JsonReader reader)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return TryParse(text, out var currency) ? currency : throw new JsonException("A currency is one of \"USD\" and \"IDR\".");
    }

    private static string Shorten(string? text) => text is { Length: > 12 } ? text[..12] + "…" : text ?? "";

    private sealed class CurrencyJsonConverter : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Currency.Read(reader);

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Code);
    }
}
