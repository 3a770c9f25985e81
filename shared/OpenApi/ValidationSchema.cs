using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ServerlessBusiness.Shared.OpenApi;

// The validation attributes of a member in the words of JSON Schema.
internal static class ValidationSchema
{
    internal static bool IsRequired(JsonPropertyInfo property) => Attributes(property).Any(attribute => attribute is RequiredAttribute);

    internal static void Fold(JsonPropertyInfo property, JsonObject schema)
    {
        // A record may allow null so that its absence can be reported by name; to the caller it is simply required.
        if (IsRequired(property) && schema["type"] is JsonArray types)
            schema["type"] = types.First(type => type!.GetValue<string>() != "null")!.DeepClone();

        foreach (var attribute in Attributes(property))
        {
            switch (attribute)
            {
                case StringLengthAttribute length:
                    schema["maxLength"] = length.MaximumLength;
                    if (length.MinimumLength > 0)
                        schema["minLength"] = length.MinimumLength;
                    break;
                case RequiredAttribute { AllowEmptyStrings: false } when property.PropertyType == typeof(string) && schema["minLength"] is null:
                    schema["minLength"] = 1;
                    break;
                case MinLengthAttribute least:
                    schema[property.PropertyType == typeof(string) ? "minLength" : "minItems"] = least.Length;
                    break;
                case MaxLengthAttribute most:
                    schema[property.PropertyType == typeof(string) ? "maxLength" : "maxItems"] = most.Length;
                    break;
                case RegularExpressionAttribute expression:
                    // .NET's end of text; elsewhere '$' means just that.
                    schema["pattern"] = expression.Pattern.Replace(@"\z", "$", StringComparison.Ordinal);
                    break;
                case RangeAttribute range:
                    schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Number(range.Minimum);
                    schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Number(range.Maximum);
                    break;
                case EmailAddressAttribute:
                    schema["format"] = "email";
                    break;
                case UrlAttribute:
                    schema["format"] = "uri";
                    break;
            }
        }
    }

    // A record's attributes stand on the parameter unless they are told to go to the property.
    private static IEnumerable<Attribute> Attributes(JsonPropertyInfo property) =>
        Of(property.AttributeProvider).Concat(Of(property.AssociatedParameter?.AttributeProvider));

    private static IEnumerable<Attribute> Of(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>() ?? [];

    private static JsonNode Number(object bound) => JsonValue.Create(Convert.ToDecimal(bound, System.Globalization.CultureInfo.InvariantCulture));
}
