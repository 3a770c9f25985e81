using System.Collections.Concurrent;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// Where messages wait for their turn: a short line for each bot and priority, so that one that is busy keeps no other waiting, and only the
/// head of a line asks the limiter. Who finds the line full, or has stood in it for long because others are before it, is given a place later
/// and comes back through the queue. Who is urgent and lacks nothing but his chat's next place waits for it here, as the queue would be late for it.
/// </summary>
public sealed class WaitingRoom(SendLimiter limiter, TimeProvider time)
{
    // What a bot at 25 a second sends in somewhat more than the second in which a queue looks for scheduled messages.
    private const int Places = 32;
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);

    // Who comes a moment too early for his place would be given the next one.
    private static readonly TimeSpan Spare = TimeSpan.FromMilliseconds(5);
    private const int MostPlaces = 2;

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

    /// <summary>Whether that is over so soon that it is worth waiting for.</summary>
    public static bool IsSoonOver(Turn turn, Priority priority) =>
        turn.Obstacle == TurnObstacle.ChatBudget && turn.Wait <= Lead && priority is Priority.Critical or Priority.High;

    /// <summary>
    /// Waits and takes the turn; refused when the line is full, the wait takes too long or it is neither the bot's budget nor the chat's next place
    /// that is missing.
    /// </summary>
    /// <param name="bot">The bot that writes.</param>
    /// <param name="chat">The chat it writes to.</param>
    /// <param name="priority">How urgent it is.</param>
    /// <param name="found">What was found when it came, if it has only to wait for its chat.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Turn> WaitAsync(string bot, long chat, Priority priority, Turn? found, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        var turn = found ?? await StandInLineAsync(bot, chat, priority, since, cancellationToken);
        // Not in line, where it would keep waiting who writes to other chats.
        for (var places = 0; places < MostPlaces && IsSoonOver(turn, priority); places++)
        {
            await Task.Delay(turn.Wait + Spare, time, cancellationToken);
            turn = await StandInLineAsync(bot, chat, priority, since, cancellationToken);
        }

        return turn;
    }

    private async Task<Turn> StandInLineAsync(string bot, long chat, Priority priority, long since, CancellationToken cancellationToken)
    {
        var line = LineOf(bot, priority);
        if (!line.TryJoin())
            return await limiter.TakeAsync(bot, chat, priority, Lead);

        try
        {
            var left = Patience - time.GetElapsedTime(since);
            if (!await line.Head.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken))
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
