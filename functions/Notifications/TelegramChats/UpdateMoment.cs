namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>
/// When what an update tells happened. Telegram sends many at a time and repeats each for itself, so a later one may be heard first; it counts in
/// whole seconds, and within one the numbers of a bot's updates tell the order.
/// </summary>
public readonly record struct UpdateMoment(DateTimeOffset At, long Update)
{
    internal static UpdateMoment Of(DateTime at, int update) => new(new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)), update);
}
