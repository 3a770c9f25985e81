namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// Keeps mails away from a server that does not answer, so that they do not take the places of other messages while they wait for it: during a
/// pause none goes, and after it one tries first. Each process finds out for itself.
/// </summary>
public sealed class MailPause(TimeProvider time)
{
    internal static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private DateTimeOffset? end;

    /// <summary>Null when a mail may go now, else how long it has to wait.</summary>
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

    /// <summary>The server did not answer, or not in time.</summary>
    public void Begin()
    {
        lock (gate)
            end = time.GetUtcNow() + Length;
    }

    /// <summary>The server answers.</summary>
    public void End()
    {
        lock (gate)
            end = null;
    }
}
