using System.Text.RegularExpressions;
using ServerlessBusiness.Billing.Invoices;

namespace ServerlessBusiness.Billing.Statements;

/// <summary>What a statement's entries are called. Reasons of credit are kept in English; what people wrote by hand stays as they wrote it.</summary>
internal static partial class StatementWords
{
    private static readonly IReadOnlyDictionary<string, (string English, string Indonesian)> Kinds = new Dictionary<string, (string, string)>
    {
        ["invoice"] = ("Invoice", "Tagihan"),
        ["payment"] = ("Payment", "Pembayaran"),
        ["credit_note"] = ("Credit note", "Nota kredit"),
        ["cancellation"] = ("Cancellation", "Pembatalan"),
    };

    // A document's number stands where {0} is.
    private static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["spent on an invoice"] = "dipakai untuk tagihan",
        ["given back by an invoice"] = "dikembalikan dari tagihan",
        ["credited by {0}"] = "dikreditkan oleh {0}",
        ["could not be sent back"] = "tidak dapat dikirim kembali",
        ["the bank took the payment back"] = "pembayaran ditarik kembali oleh bank",
        ["refunded at the payment gateway"] = "dikembalikan melalui layanan pembayaran",
        ["pays invoice {0} after all"] = "akhirnya membayar tagihan {0}",
        ["paid for invoice {0}, which was cancelled"] = "dibayar untuk tagihan {0}, yang dibatalkan",
        ["invoice {0} was paid already"] = "tagihan {0} sudah dibayar",
        ["invoice {0} had been cancelled"] = "tagihan {0} sudah dibatalkan",
        ["more was paid than was due of invoice {0}"] = "pembayaran tagihan {0} melebihi jumlahnya",
        ["lowers open invoice {0}"] = "mengurangi tagihan terbuka {0}",
        ["paid for no invoice we know"] = "pembayaran tanpa tagihan yang dikenal",
        [SupersedeInvoice.Reason] = "langganan berubah sebelum periodenya dimulai",
    };

    public static string Of(string kind, bool isIndonesian)
    {
        if (Kinds.TryGetValue(kind, out var known))
            return isIndonesian ? known.Indonesian : known.English;
        if (!isIndonesian)
            return kind;
        var number = DocumentNumber().Match(kind).Value;
        var pattern = number.Length == 0 ? kind : kind.Replace(number, "{0}", StringComparison.Ordinal);
        return Reasons.TryGetValue(pattern, out var reason) ? reason.Replace("{0}", number, StringComparison.Ordinal) : kind;
    }

    [GeneratedRegex(@"(INV|CN)-\d{4}-\d{2}-\d{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex DocumentNumber();
}
