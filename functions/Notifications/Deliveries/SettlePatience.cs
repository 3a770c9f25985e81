namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>
/// How long it is tried to write down what became of a notification while the database is away. The claim's minute may be over by then: it
/// is kept all the same until somebody else takes the notification, and each statement sees for itself whether somebody has.
/// </summary>
internal static class SettlePatience
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    // The host ends a function after five minutes, and of these the line, the call and a last statement take up to two.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>The pause before the next try; null when there shall be none.</summary>
    public static TimeSpan? Pause(Exception failure, int tries, TimeSpan elapsed)
    {
        if (!NextStep.WillPass(failure) || elapsed >= Longest)
            return null;
        var pause = First * Math.Pow(2, Math.Min(tries - 1, 10));
        return pause < Most ? pause : Most;
    }
}
