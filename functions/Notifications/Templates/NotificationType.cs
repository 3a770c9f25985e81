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

internal static class Priorities
{
    public static string Queue(this Priority priority) => priority switch
    {
        Priority.Critical => Topology.CriticalNotifications,
        Priority.High => Topology.HighNotifications,
        Priority.Medium => Topology.MediumNotifications,
        Priority.Low => Topology.LowNotifications,
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "There is no queue for this priority."),
    };
}

/// <summary>A kind of notification: how urgent, whether its reader may mute it, and its text in each language.</summary>
public sealed record NotificationType(string Name, Priority Priority, bool CanBeMuted, IReadOnlyDictionary<string, Template> Templates)
{
    /// <summary>How long after its fact it is still worth sending.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The template in the language of a tag such as <c>id-ID</c>.</summary>
    public Template In(string? locale) => Templates[Locales.Of(locale)];
}
