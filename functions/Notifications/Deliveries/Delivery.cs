using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Deliveries;

public enum DeliveryStatus
{
    Pending,
    Sent,
    Failed,
    Retrying,
}

/// <summary>A notification about to be written into the history.</summary>
public sealed record NewDelivery(
    Guid Id, Announcement Announcement, Rendered Readable, Priority Priority, string? Locale, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>A notification claimed by a sender, with all that is known about its user at this moment.</summary>
public sealed record Delivery(
    Guid Id, Guid UserId, string Type, int PriorityLevel, string Variables, int Attempts, int MaxAttempts, DateTimeOffset ExpiresAt,
    bool UserIsKnown, string? Email, string? Locale, bool? Active, string? NotificationTypes, long? TelegramChatId, string? BotAssignment,
    string? RecipientEmail = null)
{
    /// <summary>A mail about an account goes to its address and nowhere else; everything else to the chat before the mailbox.</summary>
    public Channel? Channel => RecipientEmail is not null ? new Channel.Email(RecipientEmail) : Channel.Choose(TelegramChatId, BotAssignment, Email);

    public Priority Priority => (Priority)PriorityLevel;
}

/// <summary>One notification as its user sees it.</summary>
public sealed record DeliveryView(
    Guid Id, string Type, string Title, string Message, int Priority, string? Channel, DeliveryStatus Status, int Attempts, int MaxAttempts,
    DateTimeOffset CreatedAt, DateTimeOffset? SentAt, string? ErrorMessage);
