namespace ServerlessBusiness.Runtime.Timers;

// What is remembered of a timer between runs and restarts.
internal sealed record TimerState(string Schedule, DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset UpdatedAt);

// Keeps the timers' states and lets one run of a timer happen at a time.
internal interface ITimerMonitor
{
    // Null while another run of the timer, here or in another process, is going on.
    Task<ITimerTurn?> TryEnterAsync(string timer, CancellationToken cancellationToken);
}

// The right to run a timer, given back on disposal.
internal interface ITimerTurn : IAsyncDisposable
{
    Task<TimerState?> ReadAsync();

    Task WriteAsync(TimerState state);
}
