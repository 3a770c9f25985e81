using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Shared.Tenancy;

/// <summary>The name of a tenant: 1 to 50 letters, digits, '_' or '-', compared as written.</summary>
[JsonConverter(typeof(JsonText))]
public readonly partial record struct TenantId
{
    public static readonly TenantId Default = new("default");

    private readonly string? value;

    private TenantId(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("This TenantId was never given a value.");

    public static bool TryParse([NotNullWhen(true)] string? text, out TenantId tenant)
    {
        var valid = text is not null && Form().IsMatch(text);
        tenant = valid ? new TenantId(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException">The text is not a tenant's name.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var tenant) ? tenant : throw new FormatException("A tenant id is 1 to 50 letters, digits, '_' or '-'.");

    public override string ToString() => Value;

    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    private sealed class JsonText : JsonConverter<TenantId>
    {
        public override TenantId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var tenant) ? tenant : throw new JsonException("Not a tenant id.");

        public override void Write(Utf8JsonWriter writer, TenantId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
