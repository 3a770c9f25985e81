using System.Collections.Concurrent;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>
/// Makes one call of many that come together: while one is on its way, the next ones gather, and go together when it is back. A lonely one
/// waits for nobody.
/// </summary>
internal sealed class Gathered<TItem, TResult>(int most, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<Task<TResult>>>> work)
{
    private readonly ConcurrentQueue<(TItem Item, TaskCompletionSource<TResult> Result)> waiting = new();
    private int isRunning;

    /// <summary>The result of the item's own place in the call, which may be a failure; when the call itself fails, all of its items do.</summary>
    public Task<TResult> RunAsync(TItem item)
    {
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Enqueue((item, result));
        Start();
        return result.Task;
    }

    private void Start()
    {
        if (!waiting.IsEmpty && Interlocked.CompareExchange(ref isRunning, 1, 0) == 0)
            _ = Task.Run(DrainAsync);
    }

    private async Task DrainAsync()
    {
        var taken = new List<(TItem Item, TaskCompletionSource<TResult> Result)>();
        while (waiting.TryDequeue(out var next))
        {
            taken.Add(next);
            while (taken.Count < most && waiting.TryDequeue(out next))
                taken.Add(next);
            await RunAsync(taken);
            taken.Clear();
        }

        Volatile.Write(ref isRunning, 0);
        // Somebody may have come between the last look and the end.
        Start();
    }

    private async Task RunAsync(List<(TItem Item, TaskCompletionSource<TResult> Result)> taken)
    {
        try
        {
            var results = await work([.. taken.Select(one => one.Item)]);
            for (var place = 0; place < taken.Count; place++)
                taken[place].Result.SetFromTask(results[place]);
        }
        catch (Exception exception)
        {
            foreach (var (_, result) in taken)
                result.TrySetException(exception);
        }
    }
}
