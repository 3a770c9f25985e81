using System.Globalization;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Numbers read INV-YYYY-MM-####, counted from 1 in each month (UTC), wider than four digits when a month needs it.</summary>
public static class InvoiceNumber
{
    public const string Prefix = "INV";

    public static DateOnly MonthOf(DateTimeOffset now) => new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);

    public static string Format(DateOnly month, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{month.Year:D4}-{month.Month:D2}-{number:D4}");
}
