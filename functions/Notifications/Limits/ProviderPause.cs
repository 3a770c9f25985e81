namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// Keeps messages away from a provider that does not answer, so that they do not take the places of others while they wait for it: during a
/// pause none goes, and after it one tries first. Each process finds out for itself.
/// </summary>
public abstract class ProviderPause(TimeProvider time)
{
    internal static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private DateTimeOffset? end;
    private long? answeredAt;

    /// <summary>How long it still lasts; null when there is none, or one may try.</summary>
    public TimeSpan? Left
    {
        get
        {
            var now = time.GetUtcNow();
            lock (gate)
                return end > now ? end - now : null;
        }
    }

    /// <summary>Null when a message may go now, else how long it has to wait.</summary>
    public TimeSpan? TryEnter()
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (end > now)
                return end - now;
            // This one tries; until it knows, the others still wait.
            if (end is not null)
                end = now + Length;
            return null;
        }
    }

    /// <summary>A call got no answer, or not in time. If others were answered meanwhile, it was that call alone.</summary>
    /// <param name="since">The timestamp at which the call began.</param>
    public void Begin(long since)
    {
        lock (gate)
            if (answeredAt is not { } at || at <= since)
                end = time.GetUtcNow() + Length;
    }

    /// <summary>The provider answers.</summary>
    public void End()
    {
        lock (gate)
            (end, answeredAt) = (null, time.GetTimestamp());
    }
}

public sealed class MailPause(TimeProvider time) : ProviderPause(time);

/// <summary>One for all bots: they write to the same server.</summary>
public sealed class TelegramPause(TimeProvider time) : ProviderPause(time);
