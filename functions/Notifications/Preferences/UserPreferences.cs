using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>What a user wants to hear and where he can be reached.</summary>
public sealed record UserPreferences(string Locale, bool Active, string NotificationTypes, long? TelegramChatId, string BotAssignment);

public sealed record PreferencesRequest
{
    [Required, RegularExpression(@"^(en|id)\z", ErrorMessage = "The locale is 'en' or 'id'.")]
    public string Locale { get; init; } = "";

    /// <summary>False mutes everything that may be muted.</summary>
    public required bool Active { get; init; }

    /// <summary>Kinds of notifications that are switched on or off; those not named are on.</summary>
    [Required]
    public IReadOnlyDictionary<string, bool> NotificationTypes { get; init; } = new Dictionary<string, bool>();

    /// <exception cref="ProblemException">400 when a kind is unknown or cannot be switched off.</exception>
    public void CheckTypes()
    {
        foreach (var (name, wanted) in NotificationTypes)
        {
            if (!TemplateCatalog.Types.TryGetValue(name, out var type))
                throw ProblemException.Invalid("notificationTypes", "UNKNOWN_NOTIFICATION_TYPE", $"There is no kind of notification called '{name}'.");
            if (!wanted && !type.CanBeMuted)
                throw ProblemException.Invalid("notificationTypes", "NOTIFICATION_TYPE_MANDATORY", $"'{name}' is always sent and cannot be switched off.");
        }
    }
}

public sealed record TelegramView(bool Linked, string Bot);

/// <summary>What the user sees of his preferences; the chat's number is nobody's business.</summary>
public sealed record PreferencesView(string Locale, bool Active, IReadOnlyDictionary<string, bool> NotificationTypes, TelegramView Telegram);
