using ServerlessBusiness.Billing.Statements;

namespace ServerlessBusiness.Tests.Unit.Billing.Statements;

public sealed class StatementWordsTests
{
    [Theory]
    [InlineData("credit_note", "Credit note", "Nota kredit")]
    [InlineData("invoice", "Invoice", "Tagihan")]
    [InlineData("spent on an invoice", "spent on an invoice", "dipakai untuk tagihan")]
    [InlineData("credited by CN-2026-11-0001", "credited by CN-2026-11-0001", "dikreditkan oleh CN-2026-11-0001")]
    [InlineData("invoice INV-2026-11-10000 was paid already", "invoice INV-2026-11-10000 was paid already", "tagihan INV-2026-11-10000 sudah dibayar")]
    [InlineData("maaf atas gangguan", "maaf atas gangguan", "maaf atas gangguan")]
    public void Entries_are_called_by_the_words_of_the_reader(string kind, string english, string indonesian) =>
        Assert.Equal((english, indonesian), (StatementWords.Of(kind, isIndonesian: false), StatementWords.Of(kind, isIndonesian: true)));
}
