namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>What happens to a notification after a call: it is done, comes back later, or has failed.</summary>
public abstract record NextStep
{
    private static readonly TimeSpan Unreached = TimeSpan.FromSeconds(15);

    private NextStep()
    {
    }

    public sealed record Done(string ProviderMessageId) : NextStep;

    /// <summary>Counts tells whether the call may have reached the user and uses up one attempt.</summary>
    public sealed record Again(DateTimeOffset At, string Reason, bool Counts) : NextStep;

    public sealed record GivenUp(string Reason) : NextStep;

    /// <param name="outcome">What became of the call.</param>
    /// <param name="attempts">How many calls could have reached the user, this one included.</param>
    /// <param name="maxAttempts">How many there may be.</param>
    /// <param name="hasOtherChannel">Whether there is another way to the user.</param>
    /// <param name="jitter">From 0 to 1; it keeps those who were throttled together from coming back together.</param>
    /// <param name="now">The time of the call.</param>
    /// <param name="expiresAt">When the message is of no use any more.</param>
    public static NextStep After(
        SendOutcome outcome, int attempts, int maxAttempts, bool hasOtherChannel, double jitter, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        NextStep next = outcome switch
        {
            SendOutcome.Sent sent => new Done(sent.ProviderMessageId),
            SendOutcome.Throttled throttled => new Again(now + throttled.RetryAfter + TimeSpan.FromSeconds(jitter), throttled.Reason, Counts: false),
            SendOutcome.NeverSent never => new Again(now + Unreached + TimeSpan.FromSeconds(jitter), never.Reason, Counts: false),
            SendOutcome.RecipientGone gone when hasOtherChannel => new Again(now, gone.Reason, Counts: false),
            SendOutcome.RecipientGone gone => new GivenUp(gone.Reason),
            SendOutcome.Rejected rejected => new GivenUp(rejected.Reason),
            SendOutcome.Unknown unknown when attempts < maxAttempts => new Again(now + Pause(attempts), unknown.Reason, Counts: true),
            SendOutcome.Unknown unknown => new GivenUp(unknown.Reason),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "This outcome is not known."),
        };
        return next is Again again && again.At >= expiresAt ? new GivenUp($"It was not sent in time. {again.Reason}") : next;
    }

    // 2, 8, 32 seconds.
    private static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Pow(4, attempts) / 2);
}
