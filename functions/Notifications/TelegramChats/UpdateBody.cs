using System.Text.Json;
using ServerlessBusiness.Shared.Problems;
using Telegram.Bot;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Reads an update of the Bot API. Only the library's own options read one whole; with others its parts go missing without an error.</summary>
internal static class UpdateBody
{
    /// <exception cref="ProblemException">400 when it is none.</exception>
    public static Update Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<Update>(body, JsonBotAPI.Options) is { Id: > 0 } update ? update : throw Invalid();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // A kind of member or button that the library does not know yet, or a time that it cannot tell: it is taken and left alone, or it would
            // come for a day.
            return new Update { Id = IdOf(body) ?? throw Invalid() };
        }
    }

    private static int? IdOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body) is { ValueKind: JsonValueKind.Object } update
                && update.TryGetProperty("update_id", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var id) && id > 0
                    ? id
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProblemException Invalid() => ProblemException.Invalid("INVALID_UPDATE", "The body is not an update of the Bot API.");
}
