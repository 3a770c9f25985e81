using System.Collections.Concurrent;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// What this process allows itself while Redis is away and nobody knows what the others do: a fifth of a bot's budget for what cannot wait,
/// one message a second to a chat, and nothing of low priority.
/// </summary>
internal sealed class LocalLimits(int perSecond, TimeProvider time)
{
    private const int MostChats = 10_000;
    private static readonly TimeSpan LowWaits = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ChatInterval = TimeSpan.FromSeconds(1);

    private readonly Budget budget = new(Math.Max(1, perSecond / 5));
    private readonly ConcurrentDictionary<string, DateTimeOffset> pauses = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> full = new();
    private readonly Lock gate = new();

    public Turn Take(string bot, long chat, Priority priority)
    {
        if (priority == Priority.Low)
            return new Turn(TurnObstacle.BotBudget, LowWaits);

        var now = time.GetUtcNow();
        var chatKey = $"{bot}:{chat}";
        lock (gate)
        {
            if (After(pauses, bot, now) is { Ticks: > 0 } paused)
                return new Turn(TurnObstacle.BotPaused, paused);
            if (After(pauses, chatKey, now) is { Ticks: > 0 } chatPaused)
                return new Turn(TurnObstacle.ChatPaused, chatPaused);
            if (After(full, chatKey, now) is { Ticks: > 0 } chatFull)
                return new Turn(TurnObstacle.ChatBudget, chatFull);

            var interval = TimeSpan.FromMicroseconds(budget.BotInterval);
            var used = After(full, bot, now);
            if (used + interval - TimeSpan.FromMicroseconds(budget.Depth(priority)) is { Ticks: > 0 } wait)
                return new Turn(TurnObstacle.BotBudget, wait);

            // What is in the past says nothing any more.
            if (full.Count > MostChats)
                full.Clear();
            full[bot] = now + used + interval;
            full[chatKey] = now + ChatInterval;
            return Turn.Granted;
        }
    }

    /// <summary>A pause only ever grows.</summary>
    public void Pause(string key, TimeSpan length)
    {
        if (pauses.Count > MostChats)
            pauses.Clear();
        var over = time.GetUtcNow() + length;
        pauses.AddOrUpdate(key, over, (_, known) => known > over ? known : over);
    }

    private static TimeSpan After(ConcurrentDictionary<string, DateTimeOffset> instants, string key, DateTimeOffset now) =>
        instants.TryGetValue(key, out var instant) && instant > now ? instant - now : TimeSpan.Zero;
}
