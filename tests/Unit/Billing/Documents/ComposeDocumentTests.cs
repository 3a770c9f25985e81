using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using static ServerlessBusiness.Tests.Unit.Billing.Samples;

namespace ServerlessBusiness.Tests.Unit.Billing.Documents;

public sealed class ComposeDocumentTests
{
    private static readonly BillingProfile Profile = new("PT Contoh", "", null, null, "en", ["gopay"], null, null);

    [Theory]
    [InlineData(InvoiceStatus.Paid, 60, 40, "Total Rp 100, Credited −Rp 40, Paid −Rp 60", 0)]
    [InlineData(InvoiceStatus.Paid, 100, 0, "Total Rp 100, Paid −Rp 100", 0)]
    [InlineData(InvoiceStatus.Paid, 0, 100, "Total Rp 100, Credited −Rp 100", 0)]
    [InlineData(InvoiceStatus.Pending, 10, 40, "Total Rp 100, Credited −Rp 40, Paid −Rp 10", 50)]
    [InlineData(InvoiceStatus.Overdue, 0, 0, "Total Rp 100", 100)]
    [InlineData(InvoiceStatus.Cancelled, 0, 100, "Total Rp 100, Credited −Rp 100", 0)]
    public void It_states_what_was_paid_and_what_was_credited(InvoiceStatus status, int paid, int credited, string sums, int due)
    {
        var invoice = new Invoice(
            Guid.Empty, "INV-2026-01-0001", Guid.Empty, null, null, null, 100, 0, 0, 100, "IDR", status, At("2026-01-08"), null, null, At("2026-01-01"), null,
            100, 0, TaxMode.Exclusive, 100, IsRenewal: false, IsDraft: false, paid, credited);
        var document = ComposeDocument.Of(invoice, [], Profile.Seller);

        Assert.Equal(sums, string.Join(", ", DocumentFigures.Sums(document, DocumentWords.In("en")).Select(sum => $"{sum.Label} {sum.Amount}")).Replace('\u00a0', ' '));
        Assert.Equal(Idr(due), document.Due);
    }

    [Fact]
    public void Each_time_that_an_invoice_is_paid_it_is_another_document_also_where_no_payment_paid_it()
    {
        var byNotes = new Invoice(
            Guid.Empty, "INV-2026-01-0001", Guid.Empty, null, null, null, 100, 0, 0, 100, "IDR", InvoiceStatus.Paid, At("2026-01-08"), null, null,
            At("2026-01-01"), null, 100, 0, TaxMode.Exclusive, 100, IsRenewal: false, IsDraft: false, 50, 50);
        var payment = Guid.CreateVersion7();

        Assert.Equal(
            ["paid-00000000000000000000000000000000", "paid-00000000000000000000000000000000-1", $"paid-{payment:N}"],
            new[] { byNotes, byNotes with { Reopenings = 1 }, byNotes with { Reopenings = 1, PaymentTransactionId = payment } }
                .Select(StoredDocument.VersionOf));
    }
}
