using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Shared.Finance;

/// <summary>Reads and writes <c>{"amount":531690,"currency":"IDR"}</c>; anything else is a <see cref="JsonException"/>.</summary>
public sealed class MoneyJsonConverter : JsonConverter<Money>
{
    /// <inheritdoc/>
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Money is an object with the members \"amount\" and \"currency\".");

        decimal? amount = null;
        Currency? currency = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "amount" when amount is null && reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var value):
                    amount = value;
                    break;
                case "amount":
                    throw new JsonException("The amount of money is one JSON number.");
                case "currency" when currency is null:
                    currency = Currency.Read(reader);
                    break;
                default:
                    throw new JsonException("Money has only the members \"amount\" and \"currency\", once each.");
            }
        }

        if (amount is null || currency is null)
            throw new JsonException("Money needs both \"amount\" and \"currency\".");

        try
        {
            return new Money(amount.Value, currency.Value);
        }
        catch (ArgumentOutOfRangeException refused)
        {
            throw new JsonException(FormattableString.Invariant(
                $"{amount} is no amount of {currency}: it takes at most {currency.Value.Exponent} decimals and {Money.Largest}."), refused);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("amount", value.Amount);
        writer.WriteString("currency", value.Currency.Code);
        writer.WriteEndObject();
    }
}
