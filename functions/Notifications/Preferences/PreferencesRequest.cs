using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Preferences;

public sealed record QuietHoursRequest
{
    [Required, RegularExpression(PreferencesRequest.TimeForm, ErrorMessage = PreferencesRequest.TimeRule)]
    public string From { get; init; } = "";

    [Required, RegularExpression(PreferencesRequest.TimeForm, ErrorMessage = PreferencesRequest.TimeRule)]
    public string To { get; init; } = "";
}

public sealed record PreferencesRequest
{
    internal const string TimeForm = @"^([01]\d|2[0-3]):[0-5]\d\z";
    internal const string TimeRule = "A time of day is written HH:mm.";

    [Required, RegularExpression(@"^(en|id)\z", ErrorMessage = "The locale is 'en' or 'id'.")]
    public string Locale { get; init; } = "";

    /// <summary>False mutes everything that may be muted.</summary>
    public required bool Active { get; init; }

    /// <summary>Kinds of notifications that are switched on or off; those not named are on.</summary>
    [Required]
    public IReadOnlyDictionary<string, bool> NotificationTypes { get; init; } = new Dictionary<string, bool>();

    /// <summary>Channels switched on or off for a kind, such as <c>{"trading_alert": {"email": false}}</c>; those not named are on.</summary>
    [Required]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Channels { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, bool>>();

    /// <summary>An IANA name such as <c>Asia/Jakarta</c>; without one the tenant's holds.</summary>
    [MaxLength(60)]
    public string? TimeZone { get; init; }

    /// <summary>Hours of the own day without messages, save critical ones; null for none.</summary>
    public QuietHoursRequest? QuietHours { get; init; }

    /// <summary>Whether news of low priority is told together, each hour or once a day.</summary>
    public DigestRhythm Digest { get; init; }

    [Required, RegularExpression(TimeForm, ErrorMessage = TimeRule)]
    public string DigestAt { get; init; } = "08:00";

    /// <exception cref="ProblemException">400 when a kind is unknown or cannot be switched off, or the zone or the quiet hours are none.</exception>
    public void Check()
    {
        foreach (var (name, wanted) in NotificationTypes)
            if (!wanted && !Known("notificationTypes", name).CanBeMuted)
                throw Mandatory("notificationTypes", name);
            else
                Known("notificationTypes", name);

        foreach (var (name, switches) in Channels)
        {
            var type = Known("channels", name);
            // What JSON leaves out is empty here, but what it says is null is null.
            if (switches is null)
                throw ProblemException.Invalid("channels", "NULL_MEMBER", $"The channels of '{name}' may not be null; leave them out instead.");
            if (switches.Keys.FirstOrDefault(channel => !Templates.Channels.All.Contains(channel)) is { } unknown)
                throw ProblemException.Invalid("channels", "UNKNOWN_CHANNEL", $"There is no channel '{unknown}'; there are telegram and email.");
            if (!type.CanBeMuted && type.Channels.All(channel => !switches.GetValueOrDefault(channel, true)))
                throw Mandatory("channels", name);
        }

        if (TimeZone is not null && LocalTimes.FindZone(TimeZone) is null)
            throw ProblemException.Invalid("timeZone", "UNKNOWN_TIME_ZONE", "This is not the IANA name of a time zone; one is 'Asia/Jakarta'.");
        if (QuietHours is not null && QuietHours.From == QuietHours.To)
            throw ProblemException.Invalid("quietHours", "INVALID_QUIET_HOURS", "Quiet hours end at another time than they begin.");
    }

    internal static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    private static NotificationType Known(string field, string name) => TemplateCatalog.Types.GetValueOrDefault(name)
        ?? throw ProblemException.Invalid(field, "UNKNOWN_NOTIFICATION_TYPE", $"There is no kind of notification called '{name}'.");

    private static ProblemException Mandatory(string field, string name) =>
        ProblemException.Invalid(field, "NOTIFICATION_TYPE_MANDATORY", $"'{name}' is always sent and cannot be switched off.");
}
