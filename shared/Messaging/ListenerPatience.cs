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

    private readonly ConcurrentDictionary<string, TimeSpan> last = new();

    public void Works(string listener) => last.TryRemove(listener, out _);

    public TimeSpan Fails(string listener) =>
        last.AddOrUpdate(listener, Shortest, (_, wait) => wait * 2 < Longest ? wait * 2 : Longest);
}
