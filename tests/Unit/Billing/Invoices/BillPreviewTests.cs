using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Invoices;

public sealed class BillPreviewTests
{
    [Theory]
    [InlineData(479_000, 0, 0, 52_690, 531_690, 0)]
    [InlineData(479_000, 100_000, 100_000, 41_690, 420_690, 0)]
    [InlineData(479_000, 500_000, 479_000, 0, 0, 21_000)]
    [InlineData(-50_000, 10_000, 0, 0, 0, 60_000)]
    [InlineData(0, 10_000, 0, 0, 0, 10_000)]
    public void Credit_is_spent_before_tax_and_never_more_than_is_due(
        int net, int balance, int used, int tax, int total, int after)
    {
        var bill = PreviewInvoice.Of(Idr(net), Idr(balance), new TaxRule(0.11m, TaxMode.Exclusive));

        Assert.Equal(new BillPreview(Idr(net), Idr(used), Idr(tax), Idr(total), Idr(after)), bill);
    }

    private static Money Idr(decimal amount) => new(amount, Currency.Idr);
}
