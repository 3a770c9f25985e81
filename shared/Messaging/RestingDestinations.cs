using System.Collections.Concurrent;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>
/// Destinations that refused lately: each is left alone for a second, then for twice as long each time, ten seconds at most. One that did not
/// answer held up all others until we gave up: it is left alone for at least as long as that took, a minute at most.
/// </summary>
internal sealed class RestingDestinations(TimeProvider time)
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Rest> rests = new();

    /// <summary>Whether any has refused since it last worked.</summary>
    public bool Any => !rests.IsEmpty;

    /// <summary>Those to be left alone at this moment.</summary>
    public string[] Now() => [.. rests.Where(rest => time.GetElapsedTime(rest.Value.Since) < rest.Value.Length).Select(rest => rest.Key)];

    public void Refuses(string destination) => Leave(destination, OneSecond, TenSeconds);

    /// <param name="waited">How long we did.</param>
    public void DoesNotAnswer(string destination, TimeSpan waited) => Leave(destination, waited, OneMinute);

    public void Works(string destination) => rests.TryRemove(destination, out _);

    private void Leave(string destination, TimeSpan shortest, TimeSpan longest)
    {
        var since = time.GetTimestamp();
        rests.AddOrUpdate(
            destination,
            _ => new Rest(since, shortest),
            (_, last) => new Rest(since, TimeSpan.FromTicks(Math.Clamp(last.Length.Ticks * 2, shortest.Ticks, longest.Ticks))));
    }

    private sealed record Rest(long Since, TimeSpan Length);
}
