namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>Where a tenant's time stands, and when, by the real time, it was put there.</summary>
public sealed record TestClock(DateTimeOffset Now, DateTimeOffset MovedAt)
{
    /// <summary>As far as a clock goes in one call: more is likely a slip.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromDays(400);

    private static readonly TimeSpan Ticks = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The tenant's time at a real moment. A clock stands still but for the first minute, so that what follows upon each other when it has
    /// been moved is not all of one millisecond, in which ids have no order.
    /// </summary>
    public DateTimeOffset At(DateTimeOffset real) => Now + (real - MovedAt) switch
    {
        var passed when passed < TimeSpan.Zero => TimeSpan.Zero,
        var passed when passed > Ticks => Ticks,
        var passed => passed,
    };
}
