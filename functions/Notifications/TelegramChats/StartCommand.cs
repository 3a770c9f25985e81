using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>The command <c>/start</c> of a private chat, with the token of a start link or bare.</summary>
internal sealed record StartCommand(long Chat, string? Token)
{
    private const string Name = "/start";

    /// <summary>Null for everything else: groups, other texts, other kinds of updates.</summary>
    public static StartCommand? Read(Update update)
    {
        if (update.Message is not { Chat: { Type: ChatType.Private } chat, Text: { } text })
            return null;

        var words = text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        // "/start@name" is how the command is written when it names its bot.
        return words is [var command, ..] && command.Split('@')[0] == Name ? new StartCommand(chat.Id, words.ElementAtOrDefault(1)) : null;
    }
}
