namespace ServerlessBusiness.Tests.Integration.Broker;

// Stands still until it is moved. As with the local stack's clock only the time of day moves, delays take their time.
internal sealed class MovableClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public void MoveTo(DateTimeOffset time) => Volatile.Write(ref ticks, time.UtcTicks);
}
