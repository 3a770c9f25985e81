using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Telegram;

// The parameters of a method: JSON from libraries, a form from curl, or a query.
sealed class BotRequest(JsonObject parameters)
{
    public static async Task<BotRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject();
        foreach (var (name, value) in request.Query)
            parameters[name] = value.ToString();
        if (request.HasFormContentType)
        {
            foreach (var (name, value) in await request.ReadFormAsync(cancellationToken))
                parameters[name] = value.ToString();
        }
        else if (request.HasJsonContentType())
        {
            foreach (var (name, value) in await ReadJsonAsync(request, cancellationToken))
                parameters[name] = value?.DeepClone();
        }
        return new BotRequest(parameters);
    }

    public string? Text(string name) => parameters[name]?.ToString();

    public int? Number(string name) => int.TryParse(Text(name), out var number) ? number : null;

    public IReadOnlyList<string> List(string name) => parameters[name] switch
    {
        JsonArray array => [.. array.Select(each => each!.ToString())],
        JsonValue value when JsonNode.Parse(value.ToString()) is JsonArray array => [.. array.Select(each => each!.ToString())],
        _ => []
    };

    static async Task<JsonObject> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body, cancellationToken: cancellationToken) as JsonObject
                ?? throw TelegramRefusal.BadRequest("object expected as the request body");
        }
        catch (JsonException)
        {
            throw TelegramRefusal.BadRequest("can't parse JSON object");
        }
    }
}
