namespace ServerlessBusiness.Billing.Documents;

/// <summary>What stands above and below the lines, the same on paper and on screens.</summary>
internal static class DocumentFigures
{
    /// <summary>Where the seller is found, below his name.</summary>
    public static IEnumerable<string> Seller(InvoiceDocument document, DocumentWords words)
    {
        foreach (var line in document.Seller.Address)
            yield return line;
        if (document.Seller.TaxId is { } taxId)
            yield return $"{words.TaxId} {taxId}";
        if (document.Seller.Email is { } email)
            yield return email;
    }

    /// <summary>The days, and the invoice that a credit note corrects.</summary>
    public static IEnumerable<(string Label, string Value)> Facts(InvoiceDocument document, DocumentWords words)
    {
        yield return (words.Issued, words.Day(document.IssuedAt));
        if (document.Corrects is { } corrected)
            yield return (words.Corrects, corrected);
        if (document.DueAt is { } due)
            yield return (words.DueDate, words.Day(due));
        if (document.PaidAt is { } paid)
            yield return (words.PaidOn, words.Day(paid));
    }

    /// <summary>The sums, down to what is due.</summary>
    public static IEnumerable<(string Label, string Amount)> Sums(InvoiceDocument document, DocumentWords words)
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
        // A paid one that was kept before its payments were says nothing of them: all of it.
        if ((document.Paid ?? (document.State == DocumentState.Paid ? document.Total : null)) is { IsZero: false } paid)
            yield return (words.Paid, words.Money(-paid));
    }
}
