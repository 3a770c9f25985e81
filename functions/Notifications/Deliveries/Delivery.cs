using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Deliveries;

public enum DeliveryStatus
{
    Pending,
    Sent,
    Failed,
    Retrying,

    /// <summary>Called off before its time.</summary>
    Cancelled,

    /// <summary>Not sent because its user does not want it or closed the way to him.</summary>
    Suppressed,
}

/// <summary>One of several notifications about to be written.</summary>
public sealed record NewDelivery(Guid Id, Guid UserId, string DedupKey);

/// <summary>Notifications of one kind about to be written into the history, with the text in each language.</summary>
public sealed record NewDeliveries(
    NotificationType Type, Priority Priority, IReadOnlyDictionary<string, TemplateValue> Values, IReadOnlyDictionary<string, Rendered> Readable,
    DateTimeOffset CreatedAt, DateTimeOffset AvailableAt, DateTimeOffset ExpiresAt, IReadOnlyList<NewDelivery> Items)
{
    /// <summary>The one address they may go to; null when they go to their users wherever these can be reached.</summary>
    public MailRecipient? Recipient { get; init; }
}

/// <summary>
/// A notification claimed by a sender, with all that is known about its user at this moment. <c>Since</c> is the time of its fact, or the one that it was
/// scheduled for.
/// </summary>
public sealed record Delivery(
    Guid Id, Guid UserId, string Type, int PriorityLevel, string Variables, int Attempts, int MaxAttempts, int UnknownCalls, bool WasBrokenOff,
    DateTimeOffset Since, DateTimeOffset ExpiresAt, string SkippedChannels, string? RecipientEmail, bool UserIsKnown, string? Email, string? Locale,
    bool? Active, string? NotificationTypes, string? ChannelSwitches, string? TimeZone, string? QuietFrom, string? QuietTo, DigestRhythm? Digest,
    string? DigestAt, string? BotAssignment, string? Bot, long? ChatId, bool HasOtherChat, Guid ClaimId)
{
    public Priority Priority => (Priority)PriorityLevel;

    /// <summary>Six letters that both copies of a repeated message could be told by.</summary>
    public string Reference => Id.ToString("N")[^6..].ToUpperInvariant();
}

/// <summary>One notification as its user sees it.</summary>
public sealed record DeliveryView(
    Guid Id, Guid UserId, string Type, string Title, string Message, int Priority, string? Channel, string? Bot, DeliveryStatus Status, int Attempts,
    int MaxAttempts, DateTimeOffset CreatedAt, DateTimeOffset? ScheduledFor, DateTimeOffset ExpiresAt, DateTimeOffset? SentAt, bool PossibleDuplicate,
    string? TemplateVersion, string? ReasonCode, string? ErrorMessage);

/// <summary>One call to a provider and what became of it.</summary>
public sealed record AttemptView(DateTimeOffset At, string Channel, string? Bot, string Outcome, bool Counted, string? Reason);

/// <summary>One notification with each call that was made for it.</summary>
public sealed record DeliveryDetails(DeliveryView Notification, IReadOnlyList<AttemptView> Calls);
