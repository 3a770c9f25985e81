using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace ServerlessBusiness.Shared.OpenApi;

// Gives each component an example that its own schema accepts, made of what members are called and may hold.
internal sealed class ExampleWriter(OpenApiDocument document)
{
    private const int Deepest = 6;
    private const string Page = "https://app.example/done";

    // What members of these names hold in this product, where their schemas do not say it.
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["email"] = "ayu@example.com",
        ["administratorEmail"] = "admin@example.com",
        ["login"] = "ayu@example.com",
        ["username"] = "ayu",
        ["password"] = "a long walk by the sea",
        ["firstName"] = "Ayu",
        ["lastName"] = "Lestari",
        ["phone"] = "+6281234567890",
        ["tenantId"] = "default",
        ["locale"] = "id",
        ["timeZone"] = "Asia/Jakarta",
        ["currency"] = "IDR",
        ["defaultCurrency"] = "IDR",
        ["tier"] = "pro",
        ["feature"] = "apiCalls",
        ["bank"] = "bca",
        ["method"] = "bank_transfer",
        ["symbol"] = "BBCA",
        ["number"] = "INV-2026-01-0001",
        ["code"] = "INVALID_REQUEST",
        ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        ["type"] = "about:blank",
    };

    // For patterns that no name explains, the first that fits.
    private static readonly string[] Candidates = ["pro", "ayu", "09:00", Page, "6281234567890", "62", "example", "EXAMPLE", "public-key"];

    internal void Fill()
    {
        foreach (var (name, schema) in document.Components!.Schemas!)
            if (schema is OpenApiSchema { Examples: null or { Count: 0 } } component)
                component.Examples = Of(component, name, 0) is { } example ? [example] : null;
    }

    private JsonNode? Of(IOpenApiSchema schema, string name, int depth)
    {
        // References are not resolved before the document is whole.
        if (schema is OpenApiSchemaReference reference)
            return Of(document.Components!.Schemas![reference.Reference.Id!], name, depth);
        if (schema.Examples is [var first, ..])
            return first.DeepClone();
        if (schema.Enum is [{ } value, ..])
            return value.DeepClone();
        if (schema.AnyOf is { Count: > 0 } choices)
            return Of(choices[0], name, depth);

        var type = schema.Type & ~JsonSchemaType.Null;
        return type switch
        {
            JsonSchemaType.Object => depth < Deepest ? Members(schema, depth) : new JsonObject(),
            JsonSchemaType.Array => Items(schema, name, depth),
            JsonSchemaType.Integer or JsonSchemaType.Number => Number(schema),
            JsonSchemaType.Boolean => true,
            JsonSchemaType.String => Text(schema, name) is { } text ? JsonValue.Create(text) : null,
            _ => new JsonObject(),
        };
    }

    private JsonArray Items(IOpenApiSchema schema, string name, int depth) =>
        depth < Deepest && schema.Items is { } item && Of(item, Singular(name), depth + 1) is { } one ? new JsonArray(one) : new JsonArray();

    private JsonObject Members(IOpenApiSchema schema, int depth)
    {
        var members = new JsonObject();
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            // Of a record that holds itself one is enough.
            if (depth + 1 < Deepest && Of(member, name, depth + (member is OpenApiSchemaReference ? 2 : 1)) is { } example)
                members[name] = example;
        if (schema.AdditionalProperties is { } additional && Of(additional, "value", depth + 1) is { } entry)
            members["key"] = entry;
        return members;
    }

    private static JsonValue Number(IOpenApiSchema schema)
    {
        var least = Bound(schema.Minimum) ?? Bound(schema.ExclusiveMinimum) + 1 ?? 1;
        var most = Bound(schema.Maximum) ?? Bound(schema.ExclusiveMaximum) - 1;
        return JsonValue.Create(most < Math.Max(least, 1) ? most.Value : Math.Max(least, 1));
    }

    private static decimal? Bound(string? number) => number is null ? null : decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string? Text(IOpenApiSchema schema, string name)
    {
        var text = schema.Format switch
        {
            "uuid" => "019b0e2a-7c1d-7a35-9d0c-5f1e2d3c4b5a",
            "date-time" => "2026-01-31T09:00:00Z",
            "date" => "2026-01-31",
            "email" => Known["email"],
            "uri" => Page,
            _ => Fitting(schema.Pattern, Known.GetValueOrDefault(name) ?? (name.EndsWith("Url", StringComparison.Ordinal) ? Page : "example")),
        };
        if (text is null)
            return null;
        if (schema.MinLength > text.Length)
            text = text.PadRight(schema.MinLength.Value, 'x');
        return schema.MaxLength < text.Length ? text[..schema.MaxLength.Value] : text;
    }

    private static string? Fitting(string? pattern, string wanted)
    {
        if (pattern is null)
            return wanted;
        var form = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return Alternatives(pattern).Prepend(wanted).Concat(Candidates).FirstOrDefault(form.IsMatch);
    }

    // ^(en|id)$ lists its own examples.
    private static string[] Alternatives(string pattern) => pattern.Trim('^', '$').Split('(', ')').SelectMany(part => part.Split('|')).ToArray();

    private static string Singular(string name) => name.EndsWith('s') ? name[..^1] : name;
}
