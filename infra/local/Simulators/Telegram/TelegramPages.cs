using System.Text;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Telegram;

// For people: all chats as their owners see them, and a way to press Start.
static class TelegramPages
{
    public static void Map(WebApplication app, TelegramSimulator simulator)
    {
        app.MapGet("/", () => Overview(simulator));
        app.MapPost("/say", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            if (!long.TryParse(form["chatId"], out var chatId) || simulator.FindBot(form["bot"].ToString()) is not { } bot)
                return HtmlPage.Of("Not possible", "<p>A chat id is a number, and the bot has to be one of the list.</p>");
            var text = form["text"].ToString();
            if (text.StartsWith("/start", StringComparison.Ordinal))
                simulator.Chats.FindOrAdd(chatId).Start(bot.Account.Key);
            await TelegramControl.SayAsync(simulator, bot, chatId, text);
            return Results.Redirect("/");
        });
    }

    static IResult Overview(TelegramSimulator simulator)
    {
        var body = new StringBuilder($"""
            <form method="post" action="/say">Chat <input name="chatId" size="10" required> to
            <select name="bot">{string.Concat(simulator.Bots.Select(bot => $"<option>{HtmlPage.Text(bot.Account.Key)}</option>"))}</select>:
            <input name="text" size="50" value="/start " required> <button>Send</button></form>
            """);
        foreach (var chat in simulator.Chats.List())
        {
            var started = chat.StartedBots.Count == 0 ? "no bot" : string.Join(", ", chat.StartedBots);
            body.Append($"<h2>Chat {chat.ChatId}</h2><p class=\"quiet\">has started {HtmlPage.Text(started)}");
            body.Append(chat.BlockedBots.Count == 0 ? "</p>" : $"; has blocked {HtmlPage.Text(string.Join(", ", chat.BlockedBots))}</p>");
            foreach (var message in chat.Messages)
                body.Append($"""
                    <div class="message"><span class="quiet">{HtmlPage.Text(message.Bot)}, {message.At:yyyy-MM-dd HH:mm:ss} UTC</span>
                    {HtmlPage.Text(message.Text)}</div>
                    """);
        }
        return HtmlPage.Of("Telegram simulator", body.ToString());
    }
}
