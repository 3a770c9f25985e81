using Microsoft.Extensions.Time.Testing;

namespace ServerlessBusiness.Tests.Unit.Runtime;

/// <summary>A clock that stands still until it is moved, and tells when somebody sleeps on it.</summary>
internal sealed class SleepersClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock door = new();
    private int sleepers;
    private TaskCompletionSource asleep = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends as soon as at least one sleeps.</summary>
    public Task AsleepAsync()
    {
        lock (door)
            return sleepers > 0 ? Task.CompletedTask : asleep.Task;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var sleeper = new Sleeper(this);
        sleeper.Timer = base.CreateTimer(
            _ =>
            {
                sleeper.Wake();
                callback(state);
            },
            null,
            dueTime,
            period);
        lock (door)
        {
            if (!sleeper.IsAwake && ++sleepers == 1)
                asleep.SetResult();
            sleeper.Counts = !sleeper.IsAwake;
        }

        return sleeper;
    }

    private void Leave(Sleeper sleeper)
    {
        lock (door)
        {
            if (!sleeper.IsAwake && sleeper.Counts && --sleepers == 0)
                asleep = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            sleeper.IsAwake = true;
        }
    }

    private sealed class Sleeper(SleepersClock clock) : ITimer
    {
        public ITimer? Timer { get; set; }

        public bool IsAwake { get; set; }

        public bool Counts { get; set; }

        public void Wake() => clock.Leave(this);

        public bool Change(TimeSpan dueTime, TimeSpan period) => Timer!.Change(dueTime, period);

        public void Dispose()
        {
            Wake();
            Timer!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Wake();
            return Timer!.DisposeAsync();
        }
    }
}
