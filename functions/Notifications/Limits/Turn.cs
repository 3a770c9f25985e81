namespace ServerlessBusiness.Notifications.Limits;

/// <summary>What stands in the way of a message.</summary>
public enum TurnObstacle
{
    None,
    BotBudget,
    ChatBudget,
    BotPaused,
    ChatPaused,
}

/// <summary>The limiter's answer: go, or wait that long because of that.</summary>
public readonly record struct Turn(TurnObstacle Obstacle, TimeSpan Wait)
{
    public static readonly Turn Granted = new(TurnObstacle.None, TimeSpan.Zero);

    public bool IsGranted => Obstacle == TurnObstacle.None;
}

/// <summary>Why a message has to come back later.</summary>
public sealed record TurnRefusal(TimeSpan Wait, string Reason)
{
    internal static TurnRefusal Of(Turn turn) => new(turn.Wait, turn.Obstacle switch
    {
        TurnObstacle.BotPaused => "The bot is paused.",
        TurnObstacle.ChatPaused => "The chat is paused.",
        TurnObstacle.ChatBudget => "The chat has had its messages of this second.",
        _ => "The bot has no room for it yet.",
    });
}
