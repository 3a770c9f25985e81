namespace ServerlessBusiness.Billing.Documents;

/// <summary>The sums below the lines, down to what is due.</summary>
internal static class DocumentSums
{
    public static IEnumerable<(string Label, string Amount)> Of(InvoiceDocument document, DocumentWords words)
    {
        var isTaxed = document.TaxRate != 0 || !document.Tax.IsZero;
        if (isTaxed && !document.TaxIncluded)
        {
            yield return (words.Subtotal, words.Money(document.Net));
            yield return ($"{words.Tax} {words.Percent(document.TaxRate)}", words.Money(document.Tax));
        }

        yield return (words.Total, words.Money(document.Total));
        if (isTaxed && document.TaxIncluded)
            yield return ($"{words.OfWhichTax} {words.Percent(document.TaxRate)}", words.Money(document.Tax));
        if (document.Credited is { IsZero: false } credited)
            yield return (words.Credited, words.Money(-credited));
        if (document.State == DocumentState.Paid)
            yield return (words.Paid, words.Money(-(document.Paid ?? document.Total)));
        else if (document.Paid is { IsZero: false } paid)
            yield return (words.Paid, words.Money(-paid));
    }
}
