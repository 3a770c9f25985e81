using ServerlessBusiness.Billing.Invoices;

namespace ServerlessBusiness.Tests.Unit.Billing.Invoices;

public sealed class TaxOnTopTests
{
    [Theory]
    [InlineData(TaxMode.Exclusive, 0.11)]
    [InlineData(TaxMode.Inclusive, 0)]
    public void Credit_saves_tax_beside_itself_only_where_prices_do_not_contain_it(TaxMode mode, decimal saved)
    {
        var now = Samples.At("2026-11-26");
        var invoice = new Invoice(
            Guid.Empty, "INV-2026-11-0001", Guid.Empty, null, null, null, 100, 0.11m, 11, 111, "IDR", InvoiceStatus.Pending, now, null, null, now, null,
            100, 0, mode, 100, IsRenewal: false, IsDraft: false);

        Assert.Equal(saved, invoice.TaxOnTop);
    }
}
