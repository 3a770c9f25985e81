using System.Buffers.Binary;
using System.Diagnostics;

namespace ServerlessBusiness.Tests.Performance.Probes;

// When each fact of a run was about to be committed and when its handler had committed. One run at a time.
public sealed class RelayMeter
{
    private volatile RelayRun? run;

    public RelayRun Begin(int messages) => run = new RelayRun(messages);

    public void Handled(Guid fact) => run?.Handled(fact);
}

public sealed class RelayRun(int messages)
{
    private readonly int number = Random.Shared.Next();
    private readonly long[] committing = new long[messages];
    private readonly long[] handled = new long[messages];
    private readonly TaskCompletionSource last = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = messages;

    public Task LastHandled => last.Task;

    public Guid FactAt(int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], index);
        return new Guid(bytes);
    }

    public void Committing(int index) => committing[index] = Stopwatch.GetTimestamp();

    // A redelivery does not count twice, and one of an earlier run not at all.
    public void Handled(Guid fact)
    {
        Span<byte> bytes = stackalloc byte[16];
        fact.TryWriteBytes(bytes);
        var index = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes) != number
            || Interlocked.CompareExchange(ref handled[index], Stopwatch.GetTimestamp(), 0) != 0)
            return;
        if (Interlocked.Decrement(ref left) == 0)
            last.SetResult();
    }

    public long[] SortedDelays() => [.. handled.Zip(committing, (after, before) => after - before).Order()];
}
