using System.Globalization;
using Microsoft.Extensions.Options;
using Telegram.Bot.Types.ReplyMarkups;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>An answer to a chat, with a button below the text or none.</summary>
internal sealed record ChatAnswer(string Text, ReplyMarkup? Markup = null);

/// <summary>Does what a command asks for and says what the chat is answered; null when nothing.</summary>
public sealed class AnswerCommand(
    LinkChat linkChat, CreateTelegramLink createLink, FollowMembership membership, TelegramLinkStore links, IOptions<PageOptions> pages)
{
    internal async Task<ChatAnswer?> RunAsync(TelegramBot bot, ChatCommand command, CancellationToken cancellationToken)
    {
        if (command is { Name: "/start", Argument: { } token } && await linkChat.RunAsync(bot.Key, command.Chat, token, command.Told, cancellationToken))
            return null;

        var users = await links.ListOfChatAcrossTenantsAsync(bot.Key, command.Chat, "active", cancellationToken);
        var answers = ChatAnswers.In(users is [var first, ..] ? first.Locale : command.Language);
        // A bare start, an unknown token and a used one: all the same, so that nobody learns which tokens there are.
        if (command.Name == "/start" || users.Count == 0)
            return new ChatAnswer(answers.NotLinked);

        switch (command.Name)
        {
            case "/stop":
                // Nothing is stopped by a word from before the chat was linked, and nothing is said to it.
                return await membership.CloseAsync(bot.Key, command.Chat, ChatClosing.Stopped, command.Told, cancellationToken)
                    ? new ChatAnswer(answers.Stopped)
                    : null;
            case "/settings":
                var button = new ReplyKeyboardMarkup(KeyboardButton.WithRequestContact(answers.ShareContact)) { ResizeKeyboard = true, OneTimeKeyboard = true };
                return new ChatAnswer(Format(answers.Settings, pages.Value.NotificationSettings), button);
            default:
                return new ChatAnswer(await StatusAsync(bot.Key, users, answers, cancellationToken));
        }
    }

    // Whoever should have another bot by now gets a fresh link to it.
    private async Task<string> StatusAsync(string bot, IReadOnlyList<ChatUser> users, ChatAnswers answers, CancellationToken cancellationToken)
    {
        var lines = new List<string> { answers.Linked };
        foreach (var user in users.Where(user => user.DesiredBot is { } desired && desired != bot))
        {
            var active = await links.ListActiveAsync(user.TenantId, user.UserId, cancellationToken);
            if (active.All(link => link.Bot != user.DesiredBot))
                lines.Add(Format(answers.NewBot, (await createLink.RunAsync(user.TenantId, user.UserId, cancellationToken)).Url));
        }

        return string.Join("\n\n", lines);
    }

    private static string Format(string text, string value) => string.Format(CultureInfo.InvariantCulture, text, value);
}
