using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Broker;

namespace ServerlessBusiness.Tests.Integration.Stack;

public sealed class ClockFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Fact]
    public async Task Who_asks_for_the_same_time_at_once_moves_the_clock_once()
    {
        var clock = new ClockFile(path, new MovableClock(Now));
        for (var day = 1; day <= 50; day++)
        {
            var to = Now.AddDays(day);
            using var start = new Barrier(4);
            var moved = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Moves(clock, to);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            Assert.Equal(to, clock.Now);
            Assert.Single(moved, moves => moves);
        }
    }

    public void Dispose() => File.Delete(path);

    private static bool Moves(ClockFile clock, DateTimeOffset to)
    {
        try
        {
            clock.MoveTo(to);
            return true;
        }
        catch (StackException)
        {
            // It is reached already.
            return false;
        }
    }
}
