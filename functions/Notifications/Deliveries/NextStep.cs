using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>What a call was made for: how often, how often it may be, and what its kind wants.</summary>
/// <param name="Type">The kind, with its policy for unknown outcomes.</param>
/// <param name="Attempts">How many calls could have reached the user, this one included.</param>
/// <param name="MaxAttempts">How many there may be.</param>
/// <param name="HasOtherWay">Whether there is another way to the user.</param>
/// <param name="Since">The time of the fact, or the one that the message was scheduled for.</param>
/// <param name="ExpiresAt">When the message is of no use any more.</param>
public sealed record CallSituation(
    NotificationType Type, int Attempts, int MaxAttempts, bool HasOtherWay, DateTimeOffset Since, DateTimeOffset ExpiresAt);

/// <summary>What happens to a notification after a call: it is done, comes back later, or has failed.</summary>
public abstract record NextStep
{
    private static readonly TimeSpan Unreached = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SenderStopped = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Hiccup = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Broken = TimeSpan.FromMinutes(5);

    private NextStep()
    {
    }

    public sealed record Done(string ProviderMessageId) : NextStep;

    /// <summary>Counts tells whether the call may have reached the user and uses up one attempt.</summary>
    public sealed record Again(DateTimeOffset At, string Reason, bool Counts) : NextStep;

    /// <summary>Counts as of <see cref="Again"/>.</summary>
    public sealed record GivenUp(string Code, string Reason, bool Counts) : NextStep;

    /// <summary>Whether it may be sent once more when nobody knows if it arrived.</summary>
    public static bool MayRepeat(NotificationType type, DateTimeOffset since, DateTimeOffset at) => type.WhenUnknown switch
    {
        UnknownOutcome.SendAgain => true,
        UnknownOutcome.DropWhenStale => at < since + type.Fresh,
        _ => false,
    };

    /// <param name="outcome">What became of the call.</param>
    /// <param name="situation">What it was made for.</param>
    /// <param name="jitter">From 0 to 1; it keeps those who were throttled together from coming back together.</param>
    /// <param name="now">The time of the call.</param>
    public static NextStep After(SendOutcome outcome, CallSituation situation, double jitter, DateTimeOffset now)
    {
        var soon = TimeSpan.FromSeconds(jitter);
        NextStep next = outcome switch
        {
            SendOutcome.Sent sent => new Done(sent.ProviderMessageId),
            SendOutcome.Throttled throttled => new Again(now + throttled.RetryAfter + soon, throttled.Reason, Counts: false),
            SendOutcome.NeverSent never => new Again(now + Unreached + soon, never.Reason, Counts: false),
            SendOutcome.SenderRefused refused => new Again(now + SenderStopped + soon * 30, refused.Reason, Counts: false),
            SendOutcome.RecipientGone gone when situation.HasOtherWay => new Again(now, gone.Reason, Counts: false),
            SendOutcome.RecipientGone gone => new GivenUp(Reasons.RecipientGone, gone.Reason, Counts: true),
            SendOutcome.Rejected rejected => new GivenUp(Reasons.Rejected, rejected.Reason, Counts: true),
            SendOutcome.Unknown unknown => AfterUnknown(unknown.Reason, situation, now),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "This outcome is not known."),
        };
        return next is Again again && again.At >= situation.ExpiresAt
            ? new GivenUp(Reasons.Expired, $"It was not sent in time. {again.Reason}", again.Counts)
            : next;
    }

    /// <summary>After a failure before any call: soon when it will pass, later when somebody has to mend it first.</summary>
    public static Again AfterMishap(Exception mishap, DateTimeOffset now) =>
        new(now + (WillPass(mishap) ? Hiccup : Broken), "Something failed before it could be sent.", Counts: false);

    /// <summary>Whether a failure passes by itself.</summary>
    internal static bool WillPass(Exception mishap) => mishap.IsDatabaseAway() || mishap is OperationCanceledException or TimeoutException or IOException;

    private static NextStep AfterUnknown(string reason, CallSituation situation, DateTimeOffset now)
    {
        if (situation.Attempts >= situation.MaxAttempts)
            return new GivenUp(Reasons.AttemptsUsed, reason, Counts: true);
        var at = now + Pause(situation.Attempts);
        return MayRepeat(situation.Type, situation.Since, at)
            ? new Again(at, reason, Counts: true)
            : new GivenUp(Reasons.UnknownOutcome, $"{reason} It is not repeated.", Counts: true);
    }

    // 2, 8, 32 seconds.
    private static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Pow(4, attempts) / 2);
}
