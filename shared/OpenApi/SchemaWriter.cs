using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.OpenApi;

// JSON schemas of our records as System.Text.Json reads and writes them; objects become components that others refer to.
internal sealed class SchemaWriter(OpenApiDocument document)
{
    private static readonly JsonSerializerOptions Json = Exportable();

    // Types with a converter of their own, which the exporter cannot look into.
    private static readonly Dictionary<Type, string> Converted = new()
    {
        [typeof(Currency)] = """{"type":"string","enum":["USD","IDR"]}""",
        [typeof(TenantId)] = """{"type":"string","pattern":"^[a-zA-Z0-9_-]{1,50}$"}""",
        [typeof(Money)] = """
            {"type":"object","required":["amount","currency"],"additionalProperties":false,
             "properties":{"amount":{"type":"number"},"currency":{"type":"string","enum":["USD","IDR"]}},
             "examples":[{"amount":531690,"currency":"IDR"}]}
            """,
    };

    private readonly Dictionary<string, (Type Type, bool IsRequest)> components = [];

    /// <summary>Of something a caller sends: only what is required must be there, and nothing unknown may be.</summary>
    internal IOpenApiSchema OfRequest(Type type) => Read(Export(type, isRequest: true));

    /// <summary>Of something we answer: a member is always there unless it is left out when null, and members may be added later.</summary>
    internal IOpenApiSchema OfAnswer(Type type) => Read(Export(type, isRequest: false));

    // The exporter cannot look into our converters of enums and times; the framework's own write the same.
    private static JsonSerializerOptions Exportable()
    {
        var json = new JsonSerializerOptions(ApiJson.Options)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            RespectNullableAnnotations = true,
        };
        json.Converters.Insert(0, new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        json.Converters.Insert(0, JsonMetadataServices.DateTimeOffsetConverter);
        return json;
    }

    private JsonNode Export(Type type, bool isRequest) => Json.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) => Transform(context, node, isRequest),
    });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, bool isRequest)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var nullable = IsNullable(context, node);
        if (Converted.TryGetValue(type, out var known))
            node = JsonNode.Parse(known)!;
        if (node is not JsonObject schema)
            return new JsonObject();

        // A record that holds itself: the exporter points at where it first stood, we point at its component.
        if (schema.ContainsKey("$ref"))
            (schema, nullable) = (ReferenceTo(type), context.PropertyInfo is { IsGetNullable: true });
        if (type.IsEnum)
            schema["type"] = nullable ? new JsonArray("string", "null") : "string";
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && IsObject(schema))
            Complete(schema, context.TypeInfo, isRequest);
        if (IsObject(schema) && (context.TypeInfo.Kind == JsonTypeInfoKind.Object || Converted.ContainsKey(type)))
            schema = Refer(type, schema, isRequest);
        if (context.PropertyInfo is { } property)
            ValidationSchema.Fold(property, schema);
        return nullable && schema.ContainsKey("$ref") ? new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) } : schema;
    }

    private static bool IsNullable(JsonSchemaExporterContext context, JsonNode node) =>
        Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null
        || ((node as JsonObject)?["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null"));

    private static bool IsObject(JsonObject schema) =>
        schema["type"] is JsonArray types ? types.Any(type => type?.GetValue<string>() == "object") : schema["type"]?.GetValue<string>() == "object";

    private static void Complete(JsonObject schema, JsonTypeInfo info, bool isRequest)
    {
        var required = info.Properties.Where(property => isRequest
            ? property.IsRequired || ValidationSchema.IsRequired(property)
            : IsAlwaysWritten(property)).Select(property => (JsonNode)property.Name).ToArray();
        schema.Remove("required");
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        if (!isRequest)
            schema.Remove("additionalProperties");
    }

    private static bool IsAlwaysWritten(JsonPropertyInfo property) =>
        property.Get is not null && property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) != true;

    private JsonObject Refer(Type type, JsonObject schema, bool isRequest)
    {
        var name = NameOf(type);
        var isKnown = components.TryGetValue(name, out var taken);
        if (isKnown && taken.Type != type)
            throw new InvalidOperationException(
                $"{taken.Type.FullName} and {type.FullName} would both be the schema '{name}'; give one of them another name or a DisplayName.");

        // Of a record that goes both ways the request's schema is kept: it is the stricter promise.
        if (!isKnown || (isRequest && !taken.IsRequest))
        {
            components[name] = (type, isRequest);
            var component = (JsonObject)schema.DeepClone();
            if (component["type"] is JsonArray)
                component["type"] = "object";
            document.Components!.Schemas![name] = Read(component);
        }

        return ReferenceTo(type);
    }

    private static JsonObject ReferenceTo(Type type) => new() { ["$ref"] = "#/components/schemas/" + NameOf(type) };

    // Page<InvoiceView> becomes InvoiceViewPage.
    private static string NameOf(Type type)
    {
        var name = type.GetCustomAttribute<DisplayNameAttribute>()?.DisplayName ?? type.Name;
        return type.IsGenericType ? string.Concat(type.GetGenericArguments().Select(NameOf)) + name[..name.IndexOf('`')] : name;
    }

    private IOpenApiSchema Read(JsonNode schema)
    {
        var read = new OpenApiJsonReader().ReadFragment<OpenApiSchema>(schema, OpenApiSpecVersion.OpenApi3_1, document, out var diagnostic);
        return schema["$ref"] is { } reference
            ? new OpenApiSchemaReference(reference.GetValue<string>().Split('/')[^1], document)
            : read ?? throw new InvalidOperationException($"The schema {schema} cannot be read: {string.Join(' ', diagnostic.Errors)}");
    }
}
