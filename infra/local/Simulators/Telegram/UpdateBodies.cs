using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Telegram;

// What happens in a chat, as the bot's webhook hears of it.
static class UpdateBodies
{
    public static JsonObject Text(long chatId, int messageId, string text, DateTimeOffset at)
    {
        var message = Message(chatId, messageId, at);
        message["text"] = text;
        if (text.StartsWith('/'))
        {
            var length = text.IndexOf(' ') is var space and > 0 ? space : text.Length;
            message["entities"] = new JsonArray(new JsonObject { ["offset"] = 0, ["length"] = length, ["type"] = "bot_command" });
        }
        return message;
    }

    public static JsonObject Contact(long chatId, int messageId, string phone, DateTimeOffset at)
    {
        var message = Message(chatId, messageId, at);
        message["contact"] = new JsonObject { ["phone_number"] = phone, ["first_name"] = $"Chat {chatId}", ["user_id"] = chatId };
        return message;
    }

    public static JsonObject MembershipChange(long chatId, BotAccount bot, string before, string after, DateTimeOffset at) => new()
    {
        ["chat"] = Chat(chatId),
        ["from"] = Person(chatId),
        ["date"] = at.ToUnixTimeSeconds(),
        ["old_chat_member"] = Member(bot, before),
        ["new_chat_member"] = Member(bot, after)
    };

    public static JsonObject Chat(long chatId) =>
        new() { ["id"] = chatId, ["type"] = "private", ["first_name"] = $"Chat {chatId}", ["username"] = $"chat_{chatId}" };

    public static JsonObject Bot(BotAccount bot) =>
        new() { ["id"] = bot.Id, ["is_bot"] = true, ["first_name"] = $"AI Trading {bot.Key}", ["username"] = bot.Username };

    static JsonObject Message(long chatId, int messageId, DateTimeOffset at) => new()
    {
        ["message_id"] = messageId,
        ["from"] = Person(chatId),
        ["chat"] = Chat(chatId),
        ["date"] = at.ToUnixTimeSeconds()
    };

    static JsonObject Person(long chatId) => new()
    {
        ["id"] = chatId,
        ["is_bot"] = false,
        ["first_name"] = $"Chat {chatId}",
        ["username"] = $"chat_{chatId}",
        ["language_code"] = "en"
    };

    static JsonObject Member(BotAccount bot, string status)
    {
        var member = new JsonObject { ["user"] = Bot(bot), ["status"] = status };
        if (status == "kicked")
            member["until_date"] = 0;
        return member;
    }
}
