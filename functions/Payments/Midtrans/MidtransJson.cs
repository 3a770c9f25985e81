using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>JSON as Midtrans speaks it: snake_case, amounts as strings, and new members at any time, which are ignored.</summary>
public static class MidtransJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Which of two members of one name was signed? Nobody knows, so neither is believed.
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    // Proofs and tokens that let somebody act as us or as the payer.
    private static readonly HashSet<string> Secrets =
        ["signature_key", "saved_token_id", "token_id", "token", "approval_code", "account_id", "payment_option_token"];

    /// <summary>An answer as it may be kept: without what could be used again, at any depth.</summary>
    public static string Redact(string body) => Rewrite(body, masked: false);

    /// <summary>A notice as it may be kept: whole, but with such values made unreadable.</summary>
    public static string Mask(string body) => Rewrite(body, masked: true);

    private static string Rewrite(string body, bool masked)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Options.MaxDepth });
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
            Write(document.RootElement, writer, masked);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer, bool masked)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    var isSecret = Secrets.Contains(member.Name);
                    if (isSecret && !masked)
                        continue;
                    writer.WritePropertyName(member.Name);
                    if (isSecret)
                        writer.WriteStringValue("***");
                    else
                        Write(member.Value, writer, masked);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(item, writer, masked);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(TextOf(element));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static string TextOf(JsonElement element)
    {
        try
        {
            // PostgreSQL keeps every character but this one.
            return element.GetString()!.Replace("\0", "", StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // Half of a character of two halves is no text; how it was written is.
            return element.GetRawText()[1..^1];
        }
    }
}
