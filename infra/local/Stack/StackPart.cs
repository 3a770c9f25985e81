using System.Diagnostics;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

public enum PartState
{
    Waiting,
    Starting,
    Ready,
    /// <summary>A server that the developer runs.</summary>
    Given,
    /// <summary>Not available on this platform.</summary>
    Absent,
    Ended,
}

/// <summary>One line of the table: something that the stack runs or was given.</summary>
public sealed class StackPart(string name, string url, string? logFile)
{
    private PartState state = PartState.Waiting;

    public string Name => name;
    public string Url => url;
    public string? LogFile => logFile;
    public PartState State => state;
    public TimeSpan? ReadyIn { get; private set; }

    public async Task StartAsync(Func<Task> start)
    {
        state = PartState.Starting;
        var watch = Stopwatch.StartNew();
        await start();
        ReadyIn = watch.Elapsed;
        if (Interlocked.CompareExchange(ref state, PartState.Ready, PartState.Starting) == PartState.Ended)
            throw new StackException($"{name} ended as soon as it had started; its log is {logFile}. Start the stack again.");
    }

    /// <summary>It is not ours to start.</summary>
    public void Mark(PartState given) => state = given;

    /// <summary>It has ended by itself.</summary>
    /// <returns>False while it was starting: then its start fails, and says more about why.</returns>
    public bool End() => Interlocked.Exchange(ref state, PartState.Ended) == PartState.Ready;
}
