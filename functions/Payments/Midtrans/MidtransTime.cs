using System.Globalization;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>Midtrans writes local Jakarta time without saying so: <c>2026-11-22 20:15:00</c> is 13:15 UTC on any host.</summary>
public static class MidtransTime
{
    private const string Form = "yyyy-MM-dd HH:mm:ss";
    private static readonly TimeSpan Jakarta = TimeSpan.FromHours(7);

    /// <summary>The moment, or null when the text is missing or not in this form.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTime.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? new DateTimeOffset(local, Jakarta).ToUniversalTime()
            : null;

    /// <summary>As a request names a moment: <c>2026-11-22 20:15:00 +0700</c>.</summary>
    public static string WithZone(DateTimeOffset moment) => moment.ToOffset(Jakarta).ToString(Form, CultureInfo.InvariantCulture) + " +0700";
}
