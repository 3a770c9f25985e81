using System.Diagnostics;
using System.Globalization;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Stage;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Writer;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Drawing needs no engine. The limit is the writer itself: the same words with the same two fonts, one below the other, nothing measured,
// nothing drawn around them.
internal static class DocumentsScenario
{
    private const int Warming = 100;
    private const int Rounds = 300;

    public static Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var invoice = Sample(lines: 4);
        var words = WordsOf(invoice);
        var (ours, limit) = (Measure(() => InvoicePdf.Write(invoice, null), cancellationToken), Measure(() => WriteBare(words), cancellationToken));
        var table = new ResultTable($"PDF, {Rounds} on one thread, {InvoicePdf.Write(invoice, null).Length} bytes", "ours", "limit (bare text)", "ratio", "aim");
        table.Row("a second", Rate(ours), Rate(limit), ResultTable.Ratio(ours / limit), ">= 50");
        table.Print();
        return Task.CompletedTask;
    }

    private static double Measure(Func<byte[]> write, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Warming; round++)
            write();
        var since = Stopwatch.StartNew();
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            write();
        }

        return Rounds / since.Elapsed.TotalSeconds;
    }

    private static InvoiceDocument Sample(int lines)
    {
        var price = new Money(479_000, Currency.Idr);
        var at = new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero);
        var net = new Money(479_000 * lines, Currency.Idr);
        return new InvoiceDocument(
            DocumentKind.Invoice, "INV-2026-01-0042", null, "id",
            new Seller("PT Contoh Perdagangan Cerdas", ["Gedung Contoh, Lantai 17", "Jl. Jenderal Sudirman Kav. 1", "Jakarta Selatan 12190"], "01.234.567.8-901.000"),
            Guid.Empty.ToString(), null, at, at.AddDays(7), DocumentState.Open, null,
            [.. Enumerable.Range(1, lines).Select(line => new DocumentLine($"Pro, monthly, seat {line}", 1, price, price))], net, 0.11m, net * 0.11m, net + (net * 0.11m));
    }

    // What the document says, taken from the file itself.
    private static IReadOnlyList<(string Text, bool IsBold)> WordsOf(InvoiceDocument invoice)
    {
        using var pdf = UglyToad.PdfPig.PdfDocument.Open(InvoicePdf.Write(invoice, null));
        return [.. pdf.GetPages().SelectMany(page => page.Letters)
            .GroupBy(letter => (Line: Math.Round(letter.StartBaseLine.Y), IsBold: letter.FontName?.Contains("SemiBold", StringComparison.Ordinal) == true))
            .Select(group => (string.Concat(group.Select(letter => letter.Value)), group.Key.IsBold))];
    }

    private static byte[] WriteBare(IReadOnlyList<(string Text, bool IsBold)> words)
    {
        using var builder = new PdfDocumentBuilder();
        var regular = builder.AddTrueTypeFont(PdfTypeface.Regular.Bytes);
        var bold = builder.AddTrueTypeFont(PdfTypeface.SemiBold.Bytes);
        var page = builder.AddPage(PageSize.A4);
        var y = 800.0;
        foreach (var (text, isBold) in words)
            page.AddText(text, 10, new PdfPoint(50, y -= 14), isBold ? bold : regular);
        return builder.Build();
    }

    private static string Rate(double perSecond) => perSecond.ToString("F0", CultureInfo.InvariantCulture);
}
