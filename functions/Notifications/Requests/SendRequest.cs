using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Requests;

public sealed record SendRequest
{
    internal const int MostRecipients = 1_000;
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(365);

    /// <summary>A kind of notification, such as <c>product_update</c>.</summary>
    [Required, MaxLength(60)]
    public string Type { get; init; } = "";

    /// <summary>The users to tell, at most 1,000; a user named twice is told once.</summary>
    [Required, MinLength(1), MaxLength(MostRecipients)]
    public IReadOnlyList<Guid> Recipients { get; init; } = [];

    /// <summary>A value for each variable of the kind: text, number, money <c>{"amount":1,"currency":"USD"}</c> or an instant in ISO 8601.</summary>
    [Required]
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>How urgent; without it as urgent as the kind is.</summary>
    public Priority? Priority { get; init; }

    /// <summary>
    /// Names the fact behind it: the same user is told of it once, whoever asks and however often. Without it the Idempotency-Key and the content do.
    /// </summary>
    [MaxLength(200)]
    public string? DedupKey { get; init; }

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset? ScheduleAt { get; init; }

    /// <summary>Not after this instant; without it as long as the kind lives.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The kind, when it exists, may be asked for and the times make sense.</summary>
    /// <exception cref="ProblemException">400.</exception>
    internal NotificationType Check(DateTimeOffset now)
    {
        if (TemplateCatalog.Types.GetValueOrDefault(Type) is not { } type)
            throw ProblemException.Invalid("type", "UNKNOWN_NOTIFICATION_TYPE", $"There is no kind of notification called '{Type}'.");
        if (!type.CanBeRequested)
            throw ProblemException.Invalid("type", "NOTIFICATION_TYPE_INTERNAL", $"'{Type}' is sent by the platform itself and cannot be asked for.");
        if (ScheduleAt > now + Farthest)
            throw ProblemException.Invalid("scheduleAt", "INVALID_SCHEDULE", "A notification can be scheduled for the coming year.");
        var at = ScheduleAt > now ? ScheduleAt.Value : now;
        CheckExpiry(ExpiresAt, at);
        return type;
    }

    /// <summary>What is sent at an instant may be tried until that time.</summary>
    /// <exception cref="ProblemException">400.</exception>
    internal static void CheckExpiry(DateTimeOffset? expiresAt, DateTimeOffset at)
    {
        if (expiresAt <= at)
            throw ProblemException.Invalid("expiresAt", "INVALID_EXPIRY", "It would expire before it is sent.");
        if (expiresAt > at + Farthest)
            throw ProblemException.Invalid("expiresAt", "INVALID_EXPIRY", "A notification is tried for a year at most.");
    }
}

/// <summary>One of the notifications that were asked for; a duplicate was told before under this id.</summary>
public sealed record RequestedNotification(Guid UserId, Guid Id, bool Duplicate);

public sealed record SendAnswer(int Accepted, int Duplicates, IReadOnlyList<RequestedNotification> Notifications);
