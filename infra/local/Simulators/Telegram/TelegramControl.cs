namespace ServerlessBusiness.Simulators.Telegram;

// What the people in the chats do, and what shall go wrong next. Not part of the wire.
static class TelegramControl
{
    public static void Map(WebApplication app, TelegramSimulator simulator)
    {
        var control = app.MapGroup("/control");
        control.MapGet("/health", () => Results.Ok(new { status = "healthy" }));
        control.MapGet("/bots", () =>
            simulator.Bots.Select(bot => new { bot.Account.Key, bot.Account.Username, WebhookUrl = bot.Webhook?.Url }));
        control.MapGet("/chats", () => simulator.Chats.List());
        control.MapGet("/chats/{chatId:long}", (long chatId) =>
            simulator.Chats.Find(chatId) is { } chat
                ? Results.Ok(chat.View())
                : Results.NotFound(new { error = $"No chat has the id {chatId}." }));
        control.MapGet("/updates", () => simulator.Updates.Attempts);
        control.MapPost("/chats", (NewChat request) => Register(simulator, request));
        control.MapPost("/chats/range", (ChatRange request) => RegisterRange(simulator, request));
        control.MapPost("/chats/{chatId:long}/start", (long chatId, BotAction request) =>
            ActAsync(simulator, request.Bot, bot => StartAsync(simulator, bot, chatId, request.Payload)));
        control.MapPost("/chats/{chatId:long}/message", (long chatId, BotAction request) =>
            ActAsync(simulator, request.Bot, bot => SayAsync(simulator, bot, chatId, request.Text ?? "")));
        control.MapPost("/chats/{chatId:long}/contact", (long chatId, BotAction request) =>
            ActAsync(simulator, request.Bot, bot => ShareContactAsync(simulator, bot, chatId, request.Phone ?? $"+62{chatId}")));
        control.MapPost("/chats/{chatId:long}/block", (long chatId, BotAction request) =>
            ActAsync(simulator, request.Bot, bot => BlockAsync(simulator, bot, chatId)));
        control.MapPost("/chats/{chatId:long}/unblock", (long chatId, BotAction request) =>
            ActAsync(simulator, request.Bot, bot => UnblockAsync(simulator, bot, chatId)));
        control.MapPost("/chats/{chatId:long}/deactivate", (long chatId) =>
        {
            simulator.Chats.FindOrAdd(chatId).Deactivate();
            return Results.NoContent();
        });
        control.MapPost("/next", (TelegramTrouble trouble) =>
        {
            simulator.Troubles.Plan(trouble);
            return Results.NoContent();
        });
        control.MapGet("/counts", () => simulator.Counts.List(simulator.Bots.Select(bot => bot.Account.Key)));
        control.MapPost("/counts/reset", () =>
        {
            simulator.Counts.Clear();
            return Results.NoContent();
        });
        control.MapPost("/limits", (LimitsChange request) =>
        {
            simulator.Limits = request.Real ? new SendLimits() : null;
            return Results.NoContent();
        });
        control.MapPost("/bots/{name}/revoke", (string name) => SetRevoked(simulator, name, true));
        control.MapPost("/bots/{name}/restore", (string name) => SetRevoked(simulator, name, false));
        control.MapPost("/reset", () =>
        {
            simulator.Reset();
            return Results.NoContent();
        });
    }

    static IResult SetRevoked(TelegramSimulator simulator, string name, bool isRevoked)
    {
        if (simulator.FindBot(name) is not { } bot)
            return UnknownBot(simulator, name);
        bot.IsRevoked = isRevoked;
        return Results.NoContent();
    }

    static IResult Register(TelegramSimulator simulator, NewChat request)
    {
        if (request.Bots.FirstOrDefault(name => simulator.FindBot(name) is null) is { } unknown)
            return UnknownBot(simulator, unknown);
        var chat = simulator.Chats.FindOrAdd(request.ChatId);
        foreach (var name in request.Bots)
            chat.Start(simulator.FindBot(name)!.Account.Key);
        return Results.Ok(chat.View());
    }

    // As many people as a load test needs, in one call.
    static IResult RegisterRange(TelegramSimulator simulator, ChatRange request)
    {
        if (simulator.FindBot(request.Bot) is not { } bot)
            return UnknownBot(simulator, request.Bot);
        for (var chat = request.First; chat < request.First + request.Count; chat++)
            simulator.Chats.FindOrAdd(chat).Start(bot.Account.Key);
        return Results.NoContent();
    }

    static async Task<IResult> ActAsync(TelegramSimulator simulator, string botName, Func<Bot, Task> act)
    {
        if (simulator.FindBot(botName) is not { } bot)
            return UnknownBot(simulator, botName);
        await act(bot);
        return Results.Ok(new { updates = simulator.Updates.Attempts.Where(attempt => attempt.Bot == bot.Account.Key).TakeLast(1) });
    }

    static async Task StartAsync(TelegramSimulator simulator, Bot bot, long chatId, string? payload)
    {
        var chat = simulator.Chats.FindOrAdd(chatId);
        var wasBlocked = chat.HasBlocked(bot.Account.Key);
        chat.Start(bot.Account.Key);
        if (wasBlocked)
            await TellMembershipAsync(simulator, bot, chatId, "kicked", "member");
        await SayAsync(simulator, bot, chatId, string.IsNullOrEmpty(payload) ? "/start" : $"/start {payload}");
    }

    public static Task SayAsync(TelegramSimulator simulator, Bot bot, long chatId, string text) =>
        simulator.Updates.SendAsync(
            bot, "message", UpdateBodies.Text(chatId, simulator.Chats.NextMessageId(), text, simulator.Clock.GetUtcNow()));

    static Task ShareContactAsync(TelegramSimulator simulator, Bot bot, long chatId, string phone) =>
        simulator.Updates.SendAsync(
            bot, "message", UpdateBodies.Contact(chatId, simulator.Chats.NextMessageId(), phone, simulator.Clock.GetUtcNow()));

    static Task BlockAsync(TelegramSimulator simulator, Bot bot, long chatId)
    {
        simulator.Chats.FindOrAdd(chatId).Block(bot.Account.Key);
        return TellMembershipAsync(simulator, bot, chatId, "member", "kicked");
    }

    static Task UnblockAsync(TelegramSimulator simulator, Bot bot, long chatId)
    {
        simulator.Chats.FindOrAdd(chatId).Start(bot.Account.Key);
        return TellMembershipAsync(simulator, bot, chatId, "kicked", "member");
    }

    static Task TellMembershipAsync(TelegramSimulator simulator, Bot bot, long chatId, string before, string after) =>
        simulator.Updates.SendAsync(
            bot, "my_chat_member", UpdateBodies.MembershipChange(chatId, bot.Account, before, after, simulator.Clock.GetUtcNow()));

    static IResult UnknownBot(TelegramSimulator simulator, string name) => Results.NotFound(new
    {
        error = $"No bot is called '{name}'; there are {string.Join(", ", simulator.Bots.Select(bot => bot.Account.Key))}."
    });

    sealed record ChatRange(long First, int Count, string Bot = "default");

    sealed record LimitsChange(bool Real);

    sealed record NewChat(long ChatId, IReadOnlyList<string> Bots);

    sealed record BotAction(string Bot = "default", string? Payload = null, string? Text = null, string? Phone = null);
}
