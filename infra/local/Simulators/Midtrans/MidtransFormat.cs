using System.Globalization;

namespace ServerlessBusiness.Simulators.Midtrans;

// Amounts and times as Midtrans writes them: "10000.00", and Jakarta wall-clock time without a zone.
static class MidtransFormat
{
    static readonly TimeSpan JakartaOffset = TimeSpan.FromHours(7);

    public static string Amount(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) =>
        time.ToOffset(JakartaOffset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static DateTimeOffset? ReadTime(string? text)
    {
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var zoned))
            return zoned;
        return DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var jakarta)
            ? new DateTimeOffset(jakarta, JakartaOffset)
            : null;
    }
}
