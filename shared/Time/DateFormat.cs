using System.Globalization;

namespace ServerlessBusiness.Shared.Time;

/// <summary>How people read a day or an instant. The apps run without ICU, so months other than English ones are our own words.</summary>
public static class DateFormat
{
    private static readonly string[] IndonesianMonths =
        ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];

    /// <summary>Such as <c>3 Januari 2026</c>; <c>id</c> and its regions are Indonesian, all others English.</summary>
    public static string Day(DateTimeOffset local, string locale)
    {
        var month = IsIndonesian(locale) ? IndonesianMonths[local.Month - 1] : local.ToString("MMMM", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{local.Day} {month} {local.Year}");
    }

    /// <summary>Such as <c>3 Januari 2026 17.30 WIB</c>.</summary>
    public static string Instant(DateTimeOffset local, string locale)
    {
        var time = local.ToString(IsIndonesian(locale) ? "HH.mm" : "HH:mm", CultureInfo.InvariantCulture);
        return $"{Day(local, locale)} {time} {ZoneName(local.Offset, locale)}";
    }

    public static bool IsIndonesian(string locale) =>
        locale.Equals("id", StringComparison.OrdinalIgnoreCase)
        || locale.StartsWith("id-", StringComparison.OrdinalIgnoreCase)
        || locale.StartsWith("id_", StringComparison.OrdinalIgnoreCase);

    // The three zones of Indonesia have names that everybody there knows; others are shown by their distance to UTC.
    private static string ZoneName(TimeSpan offset, string locale) => (offset.TotalHours, IsIndonesian(locale)) switch
    {
        (0, _) => "UTC",
        (7, true) => "WIB",
        (8, true) => "WITA",
        (9, true) => "WIT",
        _ => string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}"),
    };
}
