namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>What a user wants to hear, when and where.</summary>
public sealed record UserPreferences(
    string Locale, bool Active, string NotificationTypes, string ChannelSwitches, string? TimeZone, string? QuietFrom, string? QuietTo,
    DigestRhythm Digest, string DigestAt, string BotAssignment, string? Email)
{
    /// <summary>What holds for somebody who is not known here yet.</summary>
    public static UserPreferences Initial(string locale, string bot) =>
        new(locale, Active: true, "{}", "{}", TimeZone: null, null, null, DigestRhythm.Off, "08:00", bot, Email: null);
}

public sealed record TelegramView(bool Linked, string Bot, string? DesiredBot);

public sealed record QuietHoursView(string From, string To);

/// <summary>What the user sees of his preferences; the chat's number is nobody's business.</summary>
public sealed record PreferencesView(
    string Locale, bool Active, IReadOnlyDictionary<string, bool> NotificationTypes,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Channels, string TimeZone, QuietHoursView? QuietHours, DigestRhythm Digest,
    string DigestAt, TelegramView Telegram);
