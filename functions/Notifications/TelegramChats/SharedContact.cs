using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>A contact sent in a private chat: the sender's own, which Telegram vouches for, or somebody else's.</summary>
internal sealed record SharedContact(long Chat, string Phone, bool IsOwn, string? Language = null)
{
    /// <summary>Null for everything else.</summary>
    public static SharedContact? Read(Update update) =>
        update.Message is { Chat: { Type: ChatType.Private } chat, Contact: { } contact, From: { } sender }
            // A forwarded or typed contact may carry any number; only the button and the own card name the sender himself.
            ? new SharedContact(
                chat.Id, contact.PhoneNumber, contact.UserId == sender.Id && update.Message.ForwardOrigin is null, sender.LanguageCode)
            : null;
}
