using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>
/// The numbers of the limiter, in microseconds. A bot's budget fills up evenly to a few messages; each priority leaves the last of them to
/// those above it, so that who is urgent finds one left however many wait.
/// </summary>
internal sealed record Budget(int PerSecond)
{
    /// <summary>A chat takes one message a second and three at once.</summary>
    public const long ChatInterval = 1_000_000;
    public const int ChatBurst = 3;

    private const int Smallest = 5;

    public long BotInterval => 1_000_000 / PerSecond;

    /// <summary>How many messages the bot may send at once after a pause; with those of the second after it, the 30 that Telegram names.</summary>
    public int Capacity => Math.Max(Smallest, PerSecond / 5);

    /// <summary>How many of them this priority must leave.</summary>
    public int Reserve(Priority priority) => priority switch
    {
        Priority.Critical => 0,
        Priority.High => 1,
        Priority.Medium => 2,
        _ => 3,
    };

    /// <summary>How far the budget may be spent by this priority, in microseconds of refilling.</summary>
    public long Depth(Priority priority) => (Capacity - Reserve(priority)) * BotInterval;
}
