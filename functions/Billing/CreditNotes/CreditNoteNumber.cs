using System.Globalization;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>Numbers read CN-YYYY-MM-####, by the rules of invoice numbers.</summary>
public static class CreditNoteNumber
{
    public static string Format(DateOnly month, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"CN-{month.Year:D4}-{month.Month:D2}-{number:D4}");
}
