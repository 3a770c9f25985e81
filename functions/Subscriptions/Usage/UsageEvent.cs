using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>One use of a feature, as whoever served it reports it.</summary>
public sealed record UsageEvent
{
    /// <summary>Counts once per tenant for 35 days.</summary>
    public Guid Id { get; init; }

    /// <summary>Either this or <c>userId</c>, whose live subscription is meant.</summary>
    public Guid? SubscriptionId { get; init; }

    public Guid? UserId { get; init; }

    public string Feature { get; init; } = "";

    /// <summary>0 reports a use that was counted already, by consuming it.</summary>
    public long Quantity { get; init; } = 1;

    public DateTimeOffset Timestamp { get; init; }

    public long DurationMs { get; init; }

    public long ResponseBytes { get; init; }

    public bool Success { get; init; } = true;

    public string? ErrorCode { get; init; }
}

public sealed record RecordUsageRequest
{
    public const int MostEvents = 1000;

    [Required, MinLength(1), MaxLength(MostEvents)]
    public UsageEvent[] Events { get; init; } = [];
}

public enum UsageResult
{
    Accepted,

    /// <summary>Its id was counted before.</summary>
    Duplicate,
    Refused,
}

/// <param name="Id">Null where it could not be read; the items stand in the order of the events.</param>
public sealed record UsageItemView(Guid? Id, UsageResult Result, string? Code, string? Reason);

public sealed record RecordUsageView(int Accepted, int Duplicates, int Refused, IReadOnlyList<UsageItemView> Items);

/// <summary>Why an event is not taken.</summary>
public sealed record UsageRefusal(string Code, string Reason);

public static partial class UsageCheck
{
    public static readonly TimeSpan Latest = TimeSpan.FromDays(35);
    public static readonly TimeSpan Earliest = TimeSpan.FromMinutes(5);

    /// <summary>Null when the event is well-formed and neither too late nor too early.</summary>
    public static UsageRefusal? Refusal(UsageEvent usage, DateTimeOffset now) => usage switch
    {
        { Id: var id } when id == Guid.Empty => new("INVALID_ID", "id is a UUID that names this event."),
        { SubscriptionId: null, UserId: null } or { SubscriptionId: not null, UserId: not null } =>
            new("INVALID_SUBJECT", "Name either subscriptionId or userId."),
        _ when !IsFeature(usage.Feature) => new("INVALID_FEATURE", "A feature is 1 to 50 letters, digits and '_', beginning with a letter."),
        { Quantity: < 0 or > int.MaxValue } => new("INVALID_QUANTITY", "quantity is a number from 0 to 2147483647."),
        { DurationMs: < 0 or > uint.MaxValue } or { ResponseBytes: < 0 or > uint.MaxValue } =>
            new("INVALID_MEASURE", "durationMs and responseBytes are numbers from 0 to 4294967295."),
        { ErrorCode: { } code } when !CodeForm().IsMatch(code) => new("INVALID_ERROR_CODE", "errorCode is up to 64 letters, digits and '_.:-'."),
        _ when usage.Timestamp < now - Latest => new("TOO_LATE", "The event is older than 35 days."),
        _ when usage.Timestamp > now + Earliest => new("TOO_EARLY", "The event is more than 5 minutes in the future."),
        _ => null,
    };

    public static bool IsFeature(string text) => FeatureForm().IsMatch(text);

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9_]{0,49}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FeatureForm();

    [GeneratedRegex(@"^[a-zA-Z0-9_.:-]{0,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CodeForm();
}
