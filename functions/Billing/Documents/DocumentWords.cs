using System.Globalization;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>The words of a document in one language, and how that language writes amounts, numbers and days.</summary>
public sealed record DocumentWords
{
    private static readonly NumberFormatInfo IndonesianNumbers = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };

    private static readonly DocumentWords English = new()
    {
        Locale = "en", Invoice = "Invoice", CreditNote = "Credit note", Number = "Number", Issued = "Issued", DueDate = "Due", PaidOn = "Paid",
        Corrects = "For invoice", Customer = "Customer", TaxId = "Tax ID", Description = "Description", Quantity = "Qty", UnitPrice = "Unit price",
        Amount = "Amount", Subtotal = "Subtotal", Tax = "Tax", OfWhichTax = "Of which tax", Total = "Total", Paid = "Paid", Credited = "Credited",
        AmountDue = "Amount due", AmountCredited = "Amount credited", PaidStamp = "Paid", CancelledStamp = "Cancelled", Page = "Page {0} of {1}",
        Nothing = "Nothing is due.",
    };

    private static readonly DocumentWords Indonesian = new()
    {
        Locale = "id", Invoice = "Tagihan", CreditNote = "Nota kredit", Number = "Nomor", Issued = "Tanggal", DueDate = "Jatuh tempo",
        PaidOn = "Dibayar", Corrects = "Untuk tagihan", Customer = "Pelanggan", TaxId = "NPWP", Description = "Uraian", Quantity = "Jml",
        UnitPrice = "Harga satuan", Amount = "Jumlah", Subtotal = "Subtotal", Tax = "PPN", OfWhichTax = "Termasuk PPN", Total = "Total", Paid = "Dibayar",
        Credited = "Dikreditkan", AmountDue = "Harus dibayar", AmountCredited = "Jumlah kredit", PaidStamp = "Lunas", CancelledStamp = "Dibatalkan",
        Page = "Halaman {0} dari {1}", Nothing = "Tidak ada yang harus dibayar.",
    };

    public required string Locale { get; init; }
    public required string Invoice { get; init; }
    public required string CreditNote { get; init; }
    public required string Number { get; init; }
    public required string Issued { get; init; }
    public required string DueDate { get; init; }
    public required string PaidOn { get; init; }
    public required string Corrects { get; init; }
    public required string Customer { get; init; }
    public required string TaxId { get; init; }
    public required string Description { get; init; }
    public required string Quantity { get; init; }
    public required string UnitPrice { get; init; }
    public required string Amount { get; init; }
    public required string Subtotal { get; init; }
    public required string Tax { get; init; }
    public required string OfWhichTax { get; init; }
    public required string Total { get; init; }
    public required string Paid { get; init; }
    public required string Credited { get; init; }
    public required string AmountDue { get; init; }
    public required string AmountCredited { get; init; }
    public required string PaidStamp { get; init; }
    public required string CancelledStamp { get; init; }
    public required string Page { get; init; }
    public required string Nothing { get; init; }

    public static DocumentWords In(string locale) => DateFormat.IsIndonesian(locale) ? Indonesian : English;

    public string Title(InvoiceDocument document) => document.Kind == DocumentKind.CreditNote ? CreditNote : Invoice;

    /// <summary>An amount such as <c>Rp 3.453.454</c> or <c>$29.99</c>; the space does not break.</summary>
    public string Money(Money money)
    {
        var text = money.Display(Locale);
        return text.Replace("Rp", "Rp\u00a0", StringComparison.Ordinal).Replace('-', '\u2212');
    }

    /// <summary>A number as long as it needs to be.</summary>
    public string Decimal(decimal number) => number.ToString("#,0.####", this == Indonesian ? IndonesianNumbers : NumberFormatInfo.InvariantInfo);

    public string Percent(decimal rate) => Decimal(rate * 100) + (this == Indonesian ? "\u00a0%" : "%");

    /// <summary>Days of documents are UTC's, as their numbers and taxes are.</summary>
    public string Day(DateTimeOffset at) => DateFormat.Day(at.ToUniversalTime(), Locale);

    public string PageOf(int page, int pages) => string.Format(CultureInfo.InvariantCulture, Page, page, pages);
}
