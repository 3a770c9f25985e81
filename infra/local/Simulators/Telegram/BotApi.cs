using Microsoft.AspNetCore.Mvc;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Telegram;

// The Bot API: POST /bot{token}/{method}. Only the methods that the platform uses.
static class BotApi
{
    const int LongestText = 4_096;

    public static void Map(WebApplication app, TelegramSimulator simulator)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Post];
        // The router would look for the last "bot" in "/bot{token}", and a token may hold one.
        app.MapMethods("/{bot}/{method}", methods, async (HttpContext context, [FromRoute(Name = "bot")] string account, string method) =>
        {
            try
            {
                if (!account.StartsWith("bot", StringComparison.Ordinal))
                    throw new TelegramRefusal(404, "Not Found");
                var bot = Authenticate(simulator, account["bot".Length..]);
                var request = await BotRequest.ReadAsync(context.Request, context.RequestAborted);
                return method.ToLowerInvariant() switch
                {
                    "getme" => Ok(UpdateBodies.Bot(bot.Account)),
                    "sendmessage" => await CountAsync(simulator, bot, () => SendMessageAsync(simulator, bot, request, context)),
                    "setwebhook" => Ok(SetWebhook(simulator, bot, request)),
                    "deletewebhook" => Ok(DeleteWebhook(bot, request)),
                    "getwebhookinfo" => Ok(WebhookInfo(bot)),
                    "logout" => Ok(true),
                    "getupdates" when bot.Webhook is not null => throw new TelegramRefusal(409,
                        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"),
                    _ => throw new TelegramRefusal(404, "Not Found: method not found")
                };
            }
            catch (TelegramRefusal refusal)
            {
                return refusal.Answer;
            }
        });
    }

    static Bot Authenticate(TelegramSimulator simulator, string token)
    {
        if (!token.Contains(':'))
            throw new TelegramRefusal(404, "Not Found");
        var bot = simulator.Bots.FirstOrDefault(bot => bot.Account.Token == token) ?? throw new TelegramRefusal(401, "Unauthorized");
        if (!bot.IsRevoked)
            return bot;
        simulator.Counts.OnRefused(bot.Account.Key, 401);
        throw new TelegramRefusal(401, "Unauthorized");
    }

    static async Task<IResult> CountAsync(TelegramSimulator simulator, Bot bot, Func<Task<IResult>> send)
    {
        try
        {
            var answer = await send();
            if (answer is IStatusCodeHttpResult { StatusCode: null or 200 } and IValueHttpResult)
                simulator.Counts.OnSent(bot.Account.Key);
            else
                simulator.Counts.OnUnanswered(bot.Account.Key);
            return answer;
        }
        catch (TelegramRefusal refusal)
        {
            simulator.Counts.OnRefused(bot.Account.Key, refusal.Code);
            throw;
        }
    }

    static async Task<IResult> SendMessageAsync(TelegramSimulator simulator, Bot bot, BotRequest request, HttpContext context)
    {
        var chatId = request.Text("chat_id");
        var trouble = simulator.Troubles.Take(bot.Account, chatId);
        // A planned refusal does not ask whether the message would have been accepted.
        if (trouble is { Mode: not (TelegramTroubleMode.Cut or TelegramTroubleMode.Timeout) })
            return await TelegramTroubles.ApplyAsync(trouble, context, () => { });

        var text = CheckedText(request);
        var chat = CheckedChat(simulator, bot, chatId);
        simulator.Limits?.Check(bot.Account.Key, chat.Id);
        if (trouble is not null)
            return await TelegramTroubles.ApplyAsync(trouble, context, () => Deliver(simulator, bot, chat, request, text));
        return Ok(Deliver(simulator, bot, chat, request, text));
    }

    static string CheckedText(BotRequest request)
    {
        var text = request.Text("text") ?? "";
        var isHtml = string.Equals(request.Text("parse_mode"), "html", StringComparison.OrdinalIgnoreCase);
        var plain = isHtml ? HtmlMarkup.ToPlainText(text) : text;
        if (string.IsNullOrWhiteSpace(plain))
            throw TelegramRefusal.BadRequest("message text is empty");
        if (plain.EnumerateRunes().Count() > LongestText)
            throw TelegramRefusal.BadRequest("message is too long");
        return plain;
    }

    static Chat CheckedChat(TelegramSimulator simulator, Bot bot, string? chatId)
    {
        if (string.IsNullOrEmpty(chatId))
            throw TelegramRefusal.BadRequest("chat_id is empty");
        if (!long.TryParse(chatId, out var id) || simulator.Chats.Find(id) is not { } chat)
            throw TelegramRefusal.BadRequest("chat not found");
        if (chat.IsDeactivated)
            throw TelegramRefusal.Forbidden("user is deactivated");
        if (chat.HasBlocked(bot.Account.Key))
            throw TelegramRefusal.Forbidden("bot was blocked by the user");
        if (!chat.HasStarted(bot.Account.Key))
            throw TelegramRefusal.Forbidden("bot can't initiate conversation with a user");
        return chat;
    }

    static JsonObject Deliver(TelegramSimulator simulator, Bot bot, Chat chat, BotRequest request, string plain)
    {
        var now = simulator.Clock.GetUtcNow();
        var message = new ChatMessage(bot.Account.Key, plain, request.Text("parse_mode"), now, simulator.Chats.NextMessageId());
        chat.Add(message);
        return new JsonObject
        {
            ["message_id"] = message.MessageId,
            ["from"] = UpdateBodies.Bot(bot.Account),
            ["chat"] = UpdateBodies.Chat(chat.Id),
            ["date"] = now.ToUnixTimeSeconds(),
            ["text"] = plain
        };
    }

    static bool SetWebhook(TelegramSimulator simulator, Bot bot, BotRequest request)
    {
        var url = request.Text("url") ?? "";
        if (url.Length == 0)
            return DeleteWebhook(bot, request);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            throw TelegramRefusal.BadRequest("bad webhook: invalid URL");
        var secret = request.Text("secret_token");
        if (secret is { Length: > 256 } || secret?.All(each => char.IsAsciiLetterOrDigit(each) || each is '_' or '-') == false)
            throw TelegramRefusal.BadRequest("secret token contains unallowed characters");
        if (request.Number("max_connections") is { } connections and (< 1 or > 100))
            throw TelegramRefusal.BadRequest($"max_connections {connections} is out of range");

        if (request.Text("drop_pending_updates") == "true")
            DropPending(bot);
        bot.Webhook = new Webhook(url, secret, request.List("allowed_updates"), request.Number("max_connections") ?? 40);
        simulator.Updates.DeliverPending(bot);
        return true;
    }

    static bool DeleteWebhook(Bot bot, BotRequest request)
    {
        if (request.Text("drop_pending_updates") == "true")
            DropPending(bot);
        bot.Webhook = null;
        return true;
    }

    static void DropPending(Bot bot)
    {
        lock (bot.Gate)
            bot.Pending.Clear();
    }

    static JsonObject WebhookInfo(Bot bot)
    {
        var info = new JsonObject
        {
            ["url"] = bot.Webhook?.Url ?? "",
            ["has_custom_certificate"] = false,
            ["pending_update_count"] = bot.Pending.Count
        };
        if (bot.Webhook is { } webhook)
        {
            info["max_connections"] = webhook.MaxConnections;
            info["allowed_updates"] = new JsonArray([.. webhook.AllowedUpdates.Select(type => JsonValue.Create(type))]);
        }
        if (bot is { LastError: { } error, LastErrorAt: { } at })
        {
            info["last_error_message"] = error;
            info["last_error_date"] = at.ToUnixTimeSeconds();
        }
        return info;
    }

    static IResult Ok(JsonNode result) => Results.Json(new JsonObject { ["ok"] = true, ["result"] = result });
}
