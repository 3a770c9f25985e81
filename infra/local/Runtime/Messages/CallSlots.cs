using System.Diagnostics;

namespace ServerlessBusiness.Runtime.Messages;

// How many messages of one function may be worked on at once.
internal sealed class CallSlots(int limit)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    private readonly Wake freed = new();
    private int running;

    private int Free => limit - Volatile.Read(ref running);

    public void Take(int count) => Interlocked.Add(ref running, count);

    public void Release()
    {
        Interlocked.Decrement(ref running);
        freed.Raise();
    }

    // Waits until there is room and says for how many. Under load it waits a moment longer, until half is free: one trip to the
    // database then brings many messages instead of one.
    public async Task<int> WaitForRoomAsync(bool isBusy, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (isBusy && Free * 2 < limit && Patience - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left)
            await freed.WaitAsync(left, cancellationToken);
        while (Free == 0)
            await freed.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);

        return Free;
    }

    public async Task WaitForAllAsync()
    {
        while (Free < limit)
            await freed.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
    }
}
