using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Broker;

namespace ServerlessBusiness.Runtime.Messages;

// Renews the locks of messages that are being worked on, all due ones in one statement.
internal sealed class LockKeeper(LocalBroker broker, TimeSpan maxRenewal, ILogger logger)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<ReceivedMessage, Held> held = new(ReferenceEqualityComparer.Instance);

    public void Hold(ReceivedMessage message) => held[message] = new Held(Stopwatch.GetTimestamp());

    public void Release(ReceivedMessage message) => held.TryRemove(message, out _);

    public async Task RunAsync(CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(Glance);
        while (await timer.WaitForNextTickAsync(stopped))
        {
            var due = held.Where(pair => IsDue(pair.Key, pair.Value)).ToList();
            if (due.Count == 0)
                continue;

            try
            {
                await broker.RenewAsync([.. due.Select(pair => pair.Key)], stopped);
                foreach (var (_, times) in due)
                    times.RenewedAt = Stopwatch.GetTimestamp();
            }
            catch (NpgsqlException failure)
            {
                // The next glance tries again; a lock that runs out meanwhile shows when its message is settled.
                logger.LogDebug(failure, "The locks of {Count} messages were not renewed.", due.Count);
            }
        }
    }

    private bool IsDue(ReceivedMessage message, Held times) =>
        Stopwatch.GetElapsedTime(times.RenewedAt) > message.LockDuration / 3 && Stopwatch.GetElapsedTime(times.StartedAt) < maxRenewal;

    private sealed class Held(long startedAt)
    {
        public long StartedAt { get; } = startedAt;

        public long RenewedAt { get; set; } = startedAt;
    }
}
