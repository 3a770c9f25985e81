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

    // 96 are worth 86 as credit, and with its tax that is 95 again.
    [Theory]
    [InlineData(96, 86, 96)]
    [InlineData(96, 85, 94)]
    [InlineData(111, 100, 111)]
    public void Credit_that_counts_as_much_as_what_is_due_leaves_nothing_of_it(decimal due, decimal credit, decimal off) =>
        Assert.Equal(Samples.Idr(off), CreditValue.Off(Samples.Idr(due), Samples.Idr(credit), 0.11m));

    [Fact]
    public void Credit_takes_no_more_off_than_is_due_and_as_much_as_it_is_worth() =>
        Gen.Select(Gen.Int[1, 10_000_000], Gen.Int[0, 100], Gen.Bool).Sample((units, percent, isTaxed) =>
        {
            var (due, rate) = (Samples.Idr(units), isTaxed ? 0.11m : 0);
            var credit = CreditValue.Of(due, rate) * (percent / 100m);
            var off = CreditValue.Off(due, credit, rate);
            return off <= due && Math.Abs((CreditValue.Of(off, rate) - credit).Amount) <= 1;
        });
}
