using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.Deliveries;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Does what an update asks for. What is not understood is taken all the same, or Telegram would bring it again and again.</summary>
public sealed partial class AnswerUpdate(LinkChat linkChat, SharePhone sharePhone, TelegramSender sender, ILogger<AnswerUpdate> logger)
{
    private const string NotLinked = "Hello! To link this chat, open your notification settings on the platform and press the Telegram link there.";

    public async Task RunAsync(TelegramBot bot, Update update, CancellationToken cancellationToken)
    {
        if (SharedContact.Read(update) is { } contact)
        {
            await AnswerAsync(bot, contact.Chat, await sharePhone.RunAsync(bot.Key, contact, cancellationToken), cancellationToken);
            return;
        }

        if (StartCommand.Read(update) is not { } start)
            return;
        if (start.Token is { } token && await linkChat.RunAsync(bot.Key, start.Chat, token, cancellationToken))
            return;
        await AnswerAsync(bot, start.Chat, NotLinked, cancellationToken);
    }

    // A courtesy only: when it gets lost the user presses the link again.
    private async Task AnswerAsync(TelegramBot bot, long chat, string text, CancellationToken cancellationToken)
    {
        var outcome = await sender.SendAsync(bot.Key, chat, text, cancellationToken);
        if (outcome is not SendOutcome.Sent)
            LogUnanswered(bot.Key, outcome.GetType().Name);
    }

    [LoggerMessage(LogLevel.Information, "An update of the bot {Bot} was left without an answer: {Outcome}.")]
    private partial void LogUnanswered(string bot, string outcome);
}
