using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>A chat that a user has opened with one of the bots.</summary>
public sealed record TelegramLink(string Bot, long ChatId, DateTimeOffset LinkedAt);

/// <summary>A user who is told things in a chat, and the bot that he should have.</summary>
public sealed record ChatUser(TenantId TenantId, Guid UserId, string? Locale, string? DesiredBot);

/// <summary>How a chat was closed to a bot; <see cref="Blocked"/> can be undone by the user alone.</summary>
public enum ChatClosing
{
    Stopped,
    Blocked,
    Gone,
}

internal static class BotChoice
{
    /// <summary>The desired bot once the user has started it; until then the one he started last. Null when he has none.</summary>
    public static TelegramLink? Of(string desired, IReadOnlyList<TelegramLink> active) =>
        active.FirstOrDefault(link => link.Bot == desired) ?? active.MaxBy(link => link.LinkedAt);

    /// <summary>The bot that serves a tier; a tier that is not known is served by the default bot.</summary>
    public static string ForTier(string tier) => tier switch
    {
        "pro" => TelegramBot.Premium,
        "enterprise" => TelegramBot.Enterprise,
        _ => TelegramBot.Default,
    };
}
