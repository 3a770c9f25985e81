using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Reads a moment only where it says its offset (RFC 3339, section 4.4): without one it would be another on every machine.</summary>
internal sealed class TimeWithOffset : JsonConverter<DateTimeOffset>
{
    internal const string Missing = "The time has no offset.";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var time = reader.GetDateTimeOffset();
        // 'T' stands before the time; what follows it is the time and, at its end, the offset.
        var text = reader.GetString()!;
        return text.IndexOf('T') is var start and > 0 && text.AsSpan(start).IndexOfAny('Z', '+', '-') > 0 ? time : throw new JsonException(Missing);
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
