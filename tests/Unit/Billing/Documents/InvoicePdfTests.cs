using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Finance;
using UglyToad.PdfPig;

namespace ServerlessBusiness.Tests.Unit.Billing.Documents;

public sealed class InvoicePdfTests
{
    [Theory]
    [InlineData("id", "IDR", 3_453_454, "Rp 3.453.454")]
    [InlineData("en", "IDR", 3_453_454, "Rp 3,453,454")]
    [InlineData("id", "USD", 29.99, "US$29,99")]
    [InlineData("en", "USD", 29.99, "$29.99")]
    [InlineData("en", "USD", -29.99, "−$29.99")]
    public void Amounts_are_written_as_the_language_writes_them(string locale, string currency, double amount, string expected)
    {
        var price = new Money((decimal)amount, Currency.Parse(currency));
        Assert.Contains(expected, TextOf(InvoicePdf.Write(Sample.Of(locale, price), null)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_document_is_the_same_file()
    {
        var document = Sample.Of("id", Sample.Rupiah(1000));

        Assert.Equal(InvoicePdf.Write(document, null), InvoicePdf.Write(document, null));
        Assert.NotEqual(InvoicePdf.Write(document, null), InvoicePdf.Write(document with { Number = "INV-2026-01-0002" }, null));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(200, 6)]
    public void A_long_list_goes_on_over_pages_with_the_head_of_the_table_and_its_number(int lines, int leastPages)
    {
        using var pdf = PdfDocument.Open(InvoicePdf.Write(Sample.Of("en", [.. Enumerable.Range(1, lines).Select(line => Sample.Rupiah(line))]), null));

        Assert.True(pdf.NumberOfPages >= leastPages);
        Assert.All(pdf.GetPages(), page => Assert.Contains("Unit price", Text(page), StringComparison.Ordinal));
        Assert.All(pdf.GetPages(), page => Assert.Contains($"Page {page.Number} of {pdf.NumberOfPages}", Text(page), StringComparison.Ordinal));
        var all = string.Concat(pdf.GetPages().Select(Text));
        Assert.All(Enumerable.Range(1, lines), line => Assert.Contains($"Rp {line:N0}", all, StringComparison.Ordinal));
    }

    [Fact]
    public void Text_that_the_font_lacks_breaks_nothing()
    {
        var document = Sample.Of("en", Sample.Rupiah(1)) with { Seller = new Seller("漢字 Zażółć ελληνικά Кириллица 🎉\u0007", [], null) };
        Assert.Contains("?? Zażółć ελληνικά Кириллица ?", TextOf(InvoicePdf.Write(document, null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Perseroan Terbatas Perdagangan Umum dan Jasa Konsultasi Keuangan Digital Nusantara Sejahtera Abadi Makmur Bersama Tbk", "Nota kredit")]
    [InlineData("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", "Tagihan")]
    [InlineData("PT Contoh", "Tagihan")]
    public void A_long_name_stays_beside_the_title_and_on_the_page(string name, string title)
    {
        var document = Sample.Of("id", Sample.Rupiah(1000)) with
        {
            Kind = title == "Tagihan" ? DocumentKind.Invoice : DocumentKind.CreditNote, Seller = new Seller(name, [name], name[..Math.Min(40, name.Length)]),
        };
        var file = InvoicePdf.Write(document, null);
        if (Environment.GetEnvironmentVariable("SHOW_DOCUMENTS") is { } folder)
            File.WriteAllBytes(Path.Combine(folder, $"{title}-{name.Length}.pdf"), file);
        using var pdf = PdfDocument.Open(file);
        var letters = pdf.GetPage(1).Letters;

        Assert.All(letters, letter => Assert.InRange(letter.BoundingBox.Right, 49, PdfSheet.Width - 49));
        // The title, and the number below it, which is wider than a short one.
        var head = letters.Where(letter => letter.BoundingBox.Bottom > PdfSheet.Height - 90).ToList();
        var titleLeft = head.Where(letter => letter.PointSize is > 20 or 10.5).Min(letter => letter.BoundingBox.Left);
        Assert.All(head.Where(letter => letter.PointSize is not (> 20 or 10.5)), letter => Assert.True(letter.BoundingBox.Right < titleLeft));
        Assert.Contains(name.Replace(" ", "", StringComparison.Ordinal), TextOf(file).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credit_note_names_the_invoice_and_asks_for_nothing()
    {
        var note = Sample.Of("en", Sample.Rupiah(500)) with { Kind = DocumentKind.CreditNote, Number = "CN-2026-01-0001", Corrects = "INV-2026-01-0001", DueAt = null };
        var text = TextOf(InvoicePdf.Write(note, null));

        Assert.All(["Credit note", "CN-2026-01-0001", "For invoice", "INV-2026-01-0001", "Amount credited"], part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.DoesNotContain("Amount due", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_paid_and_credited_is_taken_off_what_is_due()
    {
        var document = Sample.Of("en", Sample.Rupiah(1000)) with { Paid = Sample.Rupiah(300), Credited = Sample.Rupiah(111) };

        Assert.Equal(Sample.Rupiah(699), document.Due);
        Assert.All(["−Rp 300", "−Rp 111", "Rp 699"], part => Assert.Contains(part, TextOf(InvoicePdf.Write(document, null)), StringComparison.Ordinal));
        Assert.Equal(Sample.Rupiah(0), (document with { State = DocumentState.Cancelled }).Due);
    }

    [Fact]
    public void No_line_of_wrapped_text_is_too_wide_and_no_word_is_lost()
    {
        var face = PdfTypeface.Regular;
        const string text = "a few words and aWordThatIsFarTooLongForAnyLineOfThisColumnWhateverOneDoes end";
        var lines = face.Wrap(text, 10, 100);

        Assert.All(lines, line => Assert.True(face.Measure(line, 10) <= 100));
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_is_read_as_it_was_kept()
    {
        var document = Sample.Of("id", Sample.Rupiah(1000)) with { Paid = Sample.Rupiah(3) };
        var stored = new StoredDocument(Guid.Empty, "invoice", Guid.Empty, "issued", "", StoredDocument.Write(document), "", [], 0, default);

        Assert.Equal(InvoicePdf.Write(document, null), InvoicePdf.Write(stored.Read(), null));
    }

    private static string TextOf(byte[] file)
    {
        using var pdf = PdfDocument.Open(file);
        return string.Concat(pdf.GetPages().Select(Text));
    }

    private static string Text(UglyToad.PdfPig.Content.Page page) => string.Concat(page.Letters.Select(letter => letter.Value));
}
