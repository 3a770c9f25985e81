using System.Collections.Concurrent;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Destinations that refused lately: each is left alone for a second, then for twice as long each time, ten seconds at most.</summary>
internal sealed class RestingDestinations(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Rest> rests = new();

    /// <summary>Whether any has refused since it last worked.</summary>
    public bool Any => !rests.IsEmpty;

    /// <summary>Those to be left alone at this moment.</summary>
    public string[] Now() => [.. rests.Where(rest => time.GetElapsedTime(rest.Value.Since) < rest.Value.Length).Select(rest => rest.Key)];

    public void Refuses(string destination)
    {
        var since = time.GetTimestamp();
        rests.AddOrUpdate(destination, _ => new Rest(since, Shortest), (_, last) => new Rest(since, Longer(last.Length)));
    }

    public void Works(string destination) => rests.TryRemove(destination, out _);

    private static TimeSpan Longer(TimeSpan last) => last * 2 < Longest ? last * 2 : Longest;

    private sealed record Rest(long Since, TimeSpan Length);
}
