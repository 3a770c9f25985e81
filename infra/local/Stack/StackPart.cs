using System.Diagnostics;

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
    public string Name => name;
    public string Url => url;
    public string? LogFile => logFile;
    public PartState State { get; private set; } = PartState.Waiting;
    public TimeSpan? ReadyIn { get; private set; }

    public async Task StartAsync(Func<Task> start)
    {
        State = PartState.Starting;
        var watch = Stopwatch.StartNew();
        await start();
        ReadyIn = watch.Elapsed;
        State = PartState.Ready;
    }

    public void Mark(PartState state) => State = state;
}
