using System.Text.Json.Serialization;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Telegram;

public enum TelegramTroubleMode
{
    [JsonStringEnumMemberName("429")] TooManyRequests,
    [JsonStringEnumMemberName("403")] Forbidden,
    [JsonStringEnumMemberName("400")] BadRequest,
    [JsonStringEnumMemberName("500")] ServerError,
    [JsonStringEnumMemberName("502html")] BadGateway,
    [JsonStringEnumMemberName("cut")] Cut,
    [JsonStringEnumMemberName("timeout")] Timeout
}

// What shall happen to the next messages of a bot or to a chat. With "cut" and "timeout" the message has been delivered and the
// sender cannot know it, unless Delivered is false.
public sealed record TelegramTrouble(
    TelegramTroubleMode Mode, string? BotOrChat = null, int RetryAfter = 1, int Times = 1, bool Delivered = true,
    string? Description = null);

sealed class TelegramTroubles
{
    static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);
    readonly Troubles<TelegramTrouble> _planned = new(trouble => trouble.BotOrChat, trouble => trouble.Times);

    public void Plan(TelegramTrouble trouble) => _planned.Plan(trouble);

    public TelegramTrouble? Take(BotAccount bot, string? chatId) => _planned.Take(bot.Key, bot.Username, bot.Token, chatId);

    public void Clear() => _planned.Clear();

    public static async Task<IResult> ApplyAsync(TelegramTrouble trouble, HttpContext context, Action deliver)
    {
        switch (trouble.Mode)
        {
            case TelegramTroubleMode.TooManyRequests:
                throw TelegramRefusal.TooManyRequests(trouble.RetryAfter);
            case TelegramTroubleMode.Forbidden:
                throw TelegramRefusal.Forbidden(trouble.Description ?? "bot was blocked by the user");
            case TelegramTroubleMode.BadRequest:
                throw TelegramRefusal.BadRequest(trouble.Description ?? "chat not found");
            case TelegramTroubleMode.ServerError:
                throw new TelegramRefusal(500, "Internal Server Error");
            case TelegramTroubleMode.BadGateway:
                return Results.Content("<html><head><title>502 Bad Gateway</title></head></html>", "text/html", statusCode: 502);
        }
        if (trouble.Delivered)
            deliver();
        if (trouble.Mode == TelegramTroubleMode.Timeout)
            await Silence.UntilGivenUpAsync(context, LongestSilence);
        context.Abort();
        return Results.Empty;
    }
}
