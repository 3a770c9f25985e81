using CsCheck;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Collection;

public sealed class CreditValueTests
{
    [Theory]
    [InlineData(111, 0.11, 100)]
    [InlineData(531690, 0.11, 479000)]
    [InlineData(1, 0.11, 1)]
    [InlineData(29, 0, 29)]
    public void Money_that_came_with_tax_is_credit_without_it(decimal gross, decimal rate, decimal net)
    {
        Assert.Equal(new Money(net, Currency.Idr), CreditValue.Of(new Money(gross, Currency.Idr), rate));
    }

    [Fact]
    public void What_was_overpaid_pays_as_much_of_the_next_invoice_and_not_its_tax_besides()
    {
        Gen.Int[1, 10_000_000].Sample(units =>
        {
            var overpaid = new Money(units, Currency.Idr);
            var price = new Money(20_000_000, Currency.Idr);
            var without = InvoiceTotals.Of(price, Samples.Indonesian).Total;
            var with = InvoiceTotals.Of(price - CreditValue.Of(overpaid, 0.11m), Samples.Indonesian).Total;
            return Math.Abs((without - with - overpaid).Amount) <= 1;
        });
    }
}
