using System.Text.Json;

namespace ServerlessBusiness.Simulators.Midtrans;

// Reads request bodies of the Core API. Unknown members are ignored, as there; the three kinds of bad body have three codes.
static class MidtransJson
{
    static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) where T : class
    {
        if (!request.HasJsonContentType())
            throw new MidtransRefusal(400, "Content-Type must be application/json.");
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            return Read<T>(document.RootElement);
        }
        catch (JsonException)
        {
            throw new MidtransRefusal(413, "The request cannot be processed due to malformed syntax in the request body.");
        }
    }

    static T Read<T>(JsonElement body) where T : class
    {
        try
        {
            return body.Deserialize<T>(SnakeCase) ?? throw MidtransRefusal.Invalid("The body must be a JSON object.");
        }
        catch (JsonException problem)
        {
            throw new MidtransRefusal(408, "The request contains a member of the wrong data type.", problem.Path ?? "");
        }
    }
}
