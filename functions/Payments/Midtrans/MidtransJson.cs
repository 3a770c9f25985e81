using System.Text.Json;
using System.Text.Json.Nodes;
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
    private static readonly string[] Secrets = ["signature_key", "saved_token_id", "token_id", "approval_code"];

    /// <summary>An answer as it may be kept: without what could be used again.</summary>
    public static string Redact(string body)
    {
        var answer = JsonNode.Parse(body)!.AsObject();
        foreach (var name in Secrets)
            answer.Remove(name);
        return answer.ToJsonString();
    }
}
