using System.Collections.Concurrent;

namespace ServerlessBusiness.Simulators.Hosting;

// Work that outlives the request which caused it, and ends with the simulator or at a reset.
sealed class BackgroundWork : IAsyncDisposable
{
    readonly ConcurrentDictionary<Task, bool> _running = new();
    CancellationTokenSource _stop = new();

    public void Run(Func<CancellationToken, Task> work)
    {
        var task = RunAsync(work, _stop.Token);
        _running[task] = true;
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    public void CancelAll() => Interlocked.Exchange(ref _stop, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        CancelAll();
        await Task.WhenAll(_running.Keys);
    }

    static async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop: nobody waits for the result.
        }
        catch (Exception problem)
        {
            await Console.Error.WriteLineAsync($"A simulator's background work failed: {problem}");
        }
    }
}
