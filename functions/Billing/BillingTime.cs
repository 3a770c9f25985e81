namespace ServerlessBusiness.Billing;

/// <summary>
/// The time that Billing works by: the real one, or that of a tenant's test clock while something is done under it. What the kernel does meanwhile
/// (tokens, inbox, relay) asks for <see cref="TimeProvider"/> and keeps the real time.
/// </summary>
public sealed class BillingTime(TimeProvider real) : TimeProvider
{
    private readonly AsyncLocal<DateTimeOffset?> entered = new();

    /// <summary>Something is done under a test clock.</summary>
    public bool IsOfClock => entered.Value is not null;

    /// <summary>The real time, for what others do later: they know no test clock.</summary>
    public DateTimeOffset RealNow => real.GetUtcNow();

    public override long TimestampFrequency => real.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => real.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => entered.Value ?? real.GetUtcNow();

    public override long GetTimestamp() => real.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        real.CreateTimer(callback, state, dueTime, period);

    /// <summary>Does work that takes this for the time, and all that it calls.</summary>
    public async Task RunAtAsync(DateTimeOffset now, Func<Task> work)
    {
        // Undone by itself: what an async method sets is seen by its callees, not by its caller.
        entered.Value = now;
        await work();
    }

    /// <summary>When something happened that another service dates by the real time: under a clock that is ahead, now.</summary>
    public DateTimeOffset Heard(DateTimeOffset at) => entered.Value is { } now && now > at ? now : at;
}
