using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>How urgent a notification is; each level has a queue of its own.</summary>
public enum Priority
{
    Critical = 1,
    High = 2,
    Medium = 3,
    Low = 4,
}

/// <summary>What happens when nobody can tell whether a call has reached the user.</summary>
public enum UnknownOutcome
{
    /// <summary>It is sent again, with a reference: twice is better than never.</summary>
    SendAgain,

    /// <summary>It is sent again while it is fresh; later it would mislead.</summary>
    DropWhenStale,

    /// <summary>Once is enough, and twice is worse than never.</summary>
    NeverRepeat,
}

internal static class Priorities
{
    public static readonly IReadOnlyList<Priority> All = Enum.GetValues<Priority>();

    public static string Queue(this Priority priority) => priority switch
    {
        Priority.Critical => Topology.CriticalNotifications,
        Priority.High => Topology.HighNotifications,
        Priority.Medium => Topology.MediumNotifications,
        Priority.Low => Topology.LowNotifications,
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "There is no queue for this priority."),
    };
}

internal static class Channels
{
    public const string Telegram = "telegram";
    public const string Email = "email";

    public static readonly IReadOnlyList<string> All = [Telegram, Email];
    public static readonly IReadOnlyList<string> ChatFirst = [Telegram, Email];
    public static readonly IReadOnlyList<string> MailFirst = [Email, Telegram];
    public static readonly IReadOnlyList<string> MailOnly = [Email];
    public static readonly IReadOnlyList<string> ChatOnly = [Telegram];
}

/// <summary>A kind of notification: how urgent, whether its reader may mute it, and its text in each language.</summary>
public sealed record NotificationType(string Name, Priority Priority, bool CanBeMuted, IReadOnlyDictionary<string, Template> Templates)
{
    /// <summary>Grows with each change of its texts.</summary>
    public int Version { get; init; } = 1;

    /// <summary>How long after its fact it is still worth sending.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The ways to its reader, the best first.</summary>
    public IReadOnlyList<string> Channels { get; init; } = Notifications.Templates.Channels.ChatFirst;

    public UnknownOutcome WhenUnknown { get; init; } = UnknownOutcome.SendAgain;

    /// <summary>How long after its fact it may be repeated under <see cref="UnknownOutcome.DropWhenStale"/>.</summary>
    public TimeSpan Fresh { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether it may be asked for over the API; what carries secrets or is made by ourselves may not.</summary>
    public bool CanBeRequested { get; init; } = true;

    /// <summary>Variables that no text of a tenant may leave out.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Variables that get their value when it is sent, and a stand-in until then.</summary>
    public IReadOnlyList<string> Late { get; init; } = [];

    internal static NotificationType Of(string name, Priority priority, bool canBeMuted, Template english, Template indonesian) =>
        new(name, priority, canBeMuted, new Dictionary<string, Template> { [Locales.English] = english, [Locales.Indonesian] = indonesian });

    /// <summary>The template in the language of a tag such as <c>id-ID</c>.</summary>
    public Template In(string? locale) => Templates[Locales.Of(locale)];
}
