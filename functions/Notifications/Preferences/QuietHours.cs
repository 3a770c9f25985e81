namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>The hours of a user's day in which nothing shall disturb him; from 22:00 to 07:00 passes midnight.</summary>
internal sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    /// <summary>When the quiet that holds now is over; null when none does.</summary>
    public DateTimeOffset? EndsAt(TimeZoneInfo zone, DateTimeOffset now) =>
        Covers(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime)) ? LocalTimes.Next(To, zone, now) : null;

    private bool Covers(TimeOnly time) => From < To ? time >= From && time < To : time >= From || time < To;
}
