using System.Collections.Concurrent;

namespace ServerlessBusiness.Runtime.Timers;

// For an app that runs without a broker: the timers' memory ends with the process.
internal sealed class MemoryTimerMonitor : ITimerMonitor
{
    private readonly ConcurrentDictionary<string, TimerState> states = new();
    private readonly ConcurrentDictionary<string, bool> running = new();

    public Task<ITimerTurn?> TryEnterAsync(string timer, CancellationToken cancellationToken) =>
        Task.FromResult<ITimerTurn?>(running.TryAdd(timer, true) ? new Turn(this, timer) : null);

    private sealed class Turn(MemoryTimerMonitor monitor, string timer) : ITimerTurn
    {
        public Task<TimerState?> ReadAsync() => Task.FromResult(monitor.states.GetValueOrDefault(timer));

        public Task WriteAsync(TimerState state)
        {
            monitor.states[timer] = state;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            monitor.running.TryRemove(timer, out _);
            return ValueTask.CompletedTask;
        }
    }
}
