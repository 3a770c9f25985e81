using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>A command of a private chat, such as <c>/start</c> with the token of a start link or bare.</summary>
internal sealed record ChatCommand(long Chat, string Name, string? Argument, string? Language, UpdateMoment Told)
{
    /// <summary>Null for everything else: groups, other texts, other kinds of updates.</summary>
    public static ChatCommand? Read(Update update)
    {
        if (update.Message is not { Chat: { Type: ChatType.Private } chat, Text: { } text } || !text.StartsWith('/'))
            return null;

        var words = text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        // "/start@name" is how the command is written when it names its bot.
        return new ChatCommand(
            chat.Id, words[0].Split('@')[0].ToLowerInvariant(), words.ElementAtOrDefault(1), update.Message.From?.LanguageCode,
            UpdateMoment.Of(update.Message.Date, update.Id));
    }
}

/// <summary>What a person did with the bot in his list of chats: blocked it or let it in again.</summary>
internal sealed record MembershipChange(long Chat, bool IsBlocked, UpdateMoment Told)
{
    /// <summary>Null for everything else.</summary>
    public static MembershipChange? Read(Update update) => update.MyChatMember switch
    {
        { Chat: { Type: ChatType.Private } chat, NewChatMember.Status: ChatMemberStatus.Kicked or ChatMemberStatus.Left, Date: var at } =>
            new(chat.Id, IsBlocked: true, UpdateMoment.Of(at, update.Id)),
        { Chat: { Type: ChatType.Private } chat, NewChatMember.Status: ChatMemberStatus.Member, Date: var at } =>
            new(chat.Id, IsBlocked: false, UpdateMoment.Of(at, update.Id)),
        _ => null,
    };
}
