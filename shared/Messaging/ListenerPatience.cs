using System.Collections.Concurrent;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>
/// How long a message is kept whose work could not reach the database or Redis. Given back it would come again at once, and its ten deliveries
/// would be over within seconds: an outage would fill the dead letters. Longer each time while nothing of that listener succeeds.
/// </summary>
internal sealed class ListenerPatience
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Locks are renewed for five minutes. Nine such waits are longer than a failover.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Outage> last = new();

    public void Works(string listener) => last.TryRemove(listener, out _);

    /// <summary>Messages that fail beside each other have met the same failure: only one that fails after the wait was over makes it longer.</summary>
    public TimeSpan Fails(string listener, DateTimeOffset now) =>
        last.AddOrUpdate(listener, _ => new Outage(Shortest, now), (_, known) => now < known.Since + known.Wait ? known : known.Longer(now)).Wait;

    private sealed record Outage(TimeSpan Wait, DateTimeOffset Since)
    {
        public Outage Longer(DateTimeOffset now) => new(Wait * 2 < Longest ? Wait * 2 : Longest, now);
    }
}
