namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>Times of day on a user's own clock, through the days on which it is put forward or back.</summary>
internal static class LocalTimes
{
    /// <summary>The zone of that IANA name, or null when there is none.</summary>
    public static TimeZoneInfo? FindZone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>The next instant after <paramref name="now"/> at which the zone's clock shows this time.</summary>
    public static DateTimeOffset Next(TimeOnly time, TimeZoneInfo zone, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        // An hour that comes twice shows the time twice, and after a night without it the next day is asked.
        for (var day = today; ; day = day.AddDays(1))
            foreach (var instant in Instants(day.ToDateTime(time), zone))
                if (instant > now)
                    return instant;
    }

    // Earliest first. A time that the clock leaps over is taken as the moment of the leap.
    private static IEnumerable<DateTimeOffset> Instants(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        return zone.IsAmbiguousTime(local)
            ? zone.GetAmbiguousTimeOffsets(local).OrderDescending().Select(offset => new DateTimeOffset(local, offset).ToUniversalTime())
            : [new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime()];
    }
}
