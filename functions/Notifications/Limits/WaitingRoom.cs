using System.Collections.Concurrent;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// Where messages wait for their turn: a short line for each bot and priority, so that one that is busy keeps no other waiting, and only the
/// head of a line asks the limiter. Who finds the line full, or has stood in it for long because others are before it, is given a place later
/// and comes back through the queue.
/// </summary>
public sealed class WaitingRoom(SendLimiter limiter, TimeProvider time)
{
    // What a bot at 25 a second sends in somewhat more than the second in which a queue looks for scheduled messages.
    private const int Places = 32;
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string, Priority), Line> lines = new();

    // Shorter than the claim of whoever waits, and than what a user takes for at once.
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The turn when there is one at once; null when the message has to stand in line.</summary>
    public async Task<Turn?> TryEnterAsync(string bot, long chat, Priority priority)
    {
        if (LineOf(bot, priority).IsEmpty)
        {
            var turn = await limiter.TakeAsync(bot, chat, priority, TimeSpan.Zero);
            if (turn.Obstacle != TurnObstacle.BotBudget)
                return turn;
        }

        return null;
    }

    /// <summary>
    /// Waits in line and takes the turn; refused when the line is full, the wait takes too long or it is not the bot's budget that is missing.
    /// </summary>
    public async Task<Turn> WaitAsync(string bot, long chat, Priority priority, CancellationToken cancellationToken)
    {
        var line = LineOf(bot, priority);
        if (!line.TryJoin())
            return await limiter.TakeAsync(bot, chat, priority, Lead);

        try
        {
            var since = time.GetTimestamp();
            if (!await line.Head.WaitAsync(Patience, cancellationToken))
                return await limiter.TakeAsync(bot, chat, priority, Lead);
            try
            {
                while (true)
                {
                    var turn = await limiter.TakeAsync(bot, chat, priority, TimeSpan.Zero);
                    if (turn.Obstacle != TurnObstacle.BotBudget || turn.Wait > Lead)
                        return turn;
                    if (time.GetElapsedTime(since) + turn.Wait >= Patience)
                        return await limiter.TakeAsync(bot, chat, priority, Lead);
                    await Task.Delay(turn.Wait, time, cancellationToken);
                }
            }
            finally
            {
                line.Head.Release();
            }
        }
        finally
        {
            line.Leave();
        }
    }

    private Line LineOf(string bot, Priority priority) => lines.GetOrAdd((bot, priority), _ => new Line());

    private sealed class Line
    {
        private int waiting;

        public SemaphoreSlim Head { get; } = new(1);

        public bool IsEmpty => Volatile.Read(ref waiting) == 0;

        public bool TryJoin()
        {
            if (Interlocked.Increment(ref waiting) <= Places)
                return true;
            Interlocked.Decrement(ref waiting);
            return false;
        }

        public void Leave() => Interlocked.Decrement(ref waiting);
    }
}
