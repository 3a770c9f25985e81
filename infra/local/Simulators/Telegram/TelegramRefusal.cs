using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Telegram;

// A failure in the shape of the Bot API; the HTTP status repeats the error code.
sealed class TelegramRefusal(int code, string description, int? retryAfter = null) : Exception(description)
{
    public int Code => code;

    public IResult Answer
    {
        get
        {
            var body = new JsonObject { ["ok"] = false, ["error_code"] = code, ["description"] = Message };
            if (retryAfter is { } seconds)
                body["parameters"] = new JsonObject { ["retry_after"] = seconds };
            return Results.Json(body, statusCode: code);
        }
    }

    public static TelegramRefusal BadRequest(string description) => new(400, $"Bad Request: {description}");

    public static TelegramRefusal Forbidden(string description) => new(403, $"Forbidden: {description}");

    public static TelegramRefusal TooManyRequests(int retryAfter) => new(429, $"Too Many Requests: retry after {retryAfter}", retryAfter);
}
