using System.Collections.Concurrent;
using Npgsql;

namespace ServerlessBusiness.Shared.Data;

/// <summary>
/// Calls of the database of one key go one after the other, and what arrives while one is on its way goes together with the next. Nobody waits for
/// company: the first goes at once. What the database cannot take fails alone.
/// </summary>
/// <param name="largest">The size of a call, unless one item alone is larger.</param>
/// <param name="enoughForTwo">Where so much waits, a second call goes beside the first.</param>
public sealed class GroupedCalls<TKey, TItem, TResult>(
    Func<TKey, IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> call, Func<TItem, int> size, int largest, int enoughForTwo = int.MaxValue)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lane> lanes = new();

    /// <summary>The item's own result, once the call it went with has ended.</summary>
    public Task<TResult> AddAsync(TKey key, TItem item)
    {
        var waiting = new Waiting(item, new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        while (true)
        {
            var lane = lanes.GetOrAdd(key, _ => new Lane());
            lock (lane)
            {
                // Its last call has just ended and it is being forgotten; the next one of this key is new.
                if (lane.IsClosed)
                    continue;
                lane.Items.Enqueue(waiting);
                lane.Size += size(item);
                if (lane.Calls == 0 || (lane.Calls == 1 && lane.Size >= enoughForTwo))
                {
                    lane.Calls++;
                    _ = Task.Run(() => DrainAsync(key, lane));
                }
            }

            return waiting.Result.Task;
        }
    }

    private async Task DrainAsync(TKey key, Lane lane)
    {
        while (true)
        {
            var group = new List<Waiting>();
            lock (lane)
            {
                if (lane.Items.Count == 0 || (lane.Calls == 2 && lane.Size < enoughForTwo))
                {
                    if (--lane.Calls == 0)
                    {
                        lane.IsClosed = true;
                        lanes.TryRemove(key, out _);
                    }

                    return;
                }

                var total = 0;
                for (; lane.Items.TryPeek(out var next) && (group.Count == 0 || total + size(next.Item) <= largest); lane.Items.Dequeue())
                {
                    total += size(next.Item);
                    group.Add(next);
                }

                lane.Size -= total;
            }

            await CallAsync(key, group);
        }
    }

    private async Task CallAsync(TKey key, List<Waiting> group)
    {
        try
        {
            var results = await call(key, group.ConvertAll(waiting => waiting.Item));
            foreach (var (waiting, result) in group.Zip(results))
                waiting.Result.SetResult(result);
        }
        catch (PostgresException refusal) when (group.Count > 1 && refusal.IsOfTheData())
        {
            foreach (var waiting in group)
                await CallAsync(key, [waiting]);
        }
        catch (Exception exception)
        {
            // Each of those who wait throws it where it can be answered.
            foreach (var waiting in group)
                waiting.Result.TrySetException(exception);
        }
    }

    private sealed record Waiting(TItem Item, TaskCompletionSource<TResult> Result);

    private sealed class Lane
    {
        public Queue<Waiting> Items { get; } = new();
        public int Size { get; set; }
        public int Calls { get; set; }
        public bool IsClosed { get; set; }
    }
}
