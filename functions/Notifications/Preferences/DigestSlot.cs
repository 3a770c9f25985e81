namespace ServerlessBusiness.Notifications.Preferences;

public enum DigestRhythm
{
    Off,
    Hourly,
    Daily,
}

/// <summary>When what is not urgent is told together.</summary>
internal static class DigestSlot
{
    /// <summary>The next one after <paramref name="now"/>, or null when everything is told at once.</summary>
    public static DateTimeOffset? Next(DigestRhythm rhythm, TimeOnly dailyAt, TimeZoneInfo zone, DateTimeOffset now) => rhythm switch
    {
        DigestRhythm.Hourly => LocalTimes.Next(new TimeOnly(TimeZoneInfo.ConvertTime(now, zone).AddHours(1).Hour, 0), zone, now),
        DigestRhythm.Daily => LocalTimes.Next(dailyAt, zone, now),
        _ => null,
    };
}
