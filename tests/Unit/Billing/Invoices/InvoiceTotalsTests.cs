using CsCheck;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Invoices;

public sealed class InvoiceTotalsTests
{
    [Theory]
    [InlineData("479000", "52690", "531690")]
    [InlineData("3453454", "379880", "3833334")]
    [InlineData("150", "17", "167")]
    [InlineData("0", "0", "0")]
    public void Rupiah_are_taxed_in_whole_rupiah_half_away_from_zero(string net, string tax, string total)
    {
        var totals = InvoiceTotals.Of([Rupiah(net)], 0.11m);

        Assert.Equal((Rupiah(tax), Rupiah(total)), (totals.Tax, totals.Total));
    }

    [Fact]
    public void Tax_is_taken_once_on_the_sum_of_the_lines()
    {
        Assert.Equal(Rupiah("11"), InvoiceTotals.Of([Rupiah("50"), Rupiah("50")], 0.11m).Tax);
    }

    [Fact]
    public void Dollars_are_not_taxed()
    {
        var totals = InvoiceTotals.Of([new Money(29.99m, Currency.Usd)], 0);

        Assert.Equal(new Money(29.99m, Currency.Usd), totals.Total);
    }

    [Fact]
    public void Currencies_are_never_mixed()
    {
        Assert.Throws<InvalidOperationException>(() => InvoiceTotals.Of([Rupiah("1"), new Money(1, Currency.Usd)], 0));
    }

    [Fact]
    public void The_total_is_the_lines_and_the_tax_to_the_minor_unit()
    {
        Gen.Decimal[0, 1_000_000].Select(amount => Money.Rounded(amount, Currency.Usd)).Array[1, 20].Select(Gen.Decimal[0, 1])
            .Sample((lines, rate) =>
            {
                var totals = InvoiceTotals.Of(lines, rate);
                return totals.Net.Amount == lines.Sum(line => line.Amount) && totals.Total == totals.Net + totals.Tax;
            });
    }

    private static Money Rupiah(string amount) => new(decimal.Parse(amount), Currency.Idr);
}
