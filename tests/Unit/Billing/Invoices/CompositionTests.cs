using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using static ServerlessBusiness.Tests.Unit.Billing.Samples;

namespace ServerlessBusiness.Tests.Unit.Billing.Invoices;

/// <summary>What an invoice comes to, to the minor unit.</summary>
public sealed class CompositionTests
{
    [Theory]
    [InlineData(479_000, 0, 0, 52_690, 531_690)]
    [InlineData(479_000, 100_000, 100_000, 41_690, 420_690)]
    [InlineData(479_000, 500_000, 479_000, 0, 0)]
    [InlineData(0, 10_000, 0, 0, 0)]
    public void Credit_is_spent_before_tax_and_never_more_than_is_due(int line, int credit, int used, int tax, int total)
    {
        var composed = Composition.Of([Line(Idr(line))], [], Idr(credit), Indonesian);

        Assert.Equal((Idr(used), Idr(tax), Idr(total)), (composed.CreditUsed, composed.Totals.Tax, composed.Totals.Total));
    }

    [Theory]
    // Two lines of 50 are taxed as 100: 11, where each by itself would be taxed 6 (5.5 rounded).
    [InlineData(new[] { 50, 50 }, 11, 111)]
    [InlineData(new[] { 3_453_454 }, 379_880, 3_833_334)]
    // 16.5 is rounded away from zero.
    [InlineData(new[] { 150 }, 17, 167)]
    [InlineData(new[] { 149 }, 16, 165)]
    [InlineData(new[] { 479_000 }, 52_690, 531_690)]
    [InlineData(new[] { 1_000_000, -400_000 }, 66_000, 666_000)]
    [InlineData(new[] { 1, 1, 1, 1 }, 0, 4)]
    [InlineData(new[] { 100, -100 }, 0, 0)]
    [InlineData(new[] { 0 }, 0, 0)]
    public void Rupiah_are_taxed_once_on_the_sum_in_whole_rupiah(int[] lines, int tax, int total)
    {
        var composed = Composition.Of([.. lines.Select(line => Line(Idr(line)))], [], Idr(0), Indonesian);

        Assert.Equal(new InvoiceTotals(Idr(lines.Sum()), Idr(tax), Idr(total)), composed.Totals);
        Assert.Equal(lines.Length, composed.Lines.Count);
    }

    [Theory]
    [InlineData(111_000, 11_000)]
    [InlineData(100, 10)]
    [InlineData(531_690, 52_690)]
    [InlineData(99, 10)]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    public void Inclusive_prices_are_the_total_and_contain_the_tax(int price, int tax)
    {
        var composed = Composition.Of([Line(Idr(price))], [], Idr(0), Inclusive);

        Assert.Equal(new InvoiceTotals(Idr(price - tax), Idr(tax), Idr(price)), composed.Totals);
    }

    [Fact]
    public void Dollars_are_not_taxed_and_keep_their_cents()
    {
        var composed = Composition.Of([Line(Usd(29.99m)), Line(Usd(-10.01m))], [], Usd(0), Untaxed);

        Assert.Equal(new InvoiceTotals(Usd(19.98m), Usd(0), Usd(19.98m)), composed.Totals);
    }

    [Theory]
    // lines, credit balance: credit used, net, tax
    [InlineData(100_000, 30_000, 30_000, 70_000, 7_700)]
    [InlineData(100_000, 100_000, 100_000, 0, 0)]
    [InlineData(100_000, 250_000, 100_000, 0, 0)]
    [InlineData(0, 250_000, 0, 0, 0)]
    public void Credit_pays_before_tax_and_never_more_than_there_is_to_pay(int amount, int balance, int used, int net, int tax)
    {
        var composed = Composition.Of([Line(Idr(amount))], [], Idr(balance), Indonesian);

        Assert.Equal((Idr(used), Idr(net), Idr(tax)), (composed.CreditUsed, composed.Totals.Net, composed.Totals.Tax));
        Assert.Equal(used == 0 ? 1 : 2, composed.Lines.Count);
    }

    [Fact]
    public void A_percentage_is_rounded_once_half_away_from_zero()
    {
        // 12.5 % of 100 rupiah is 12.5.
        var composed = Composition.Of([Line(Idr(100))], [Percent(12.5m)], Idr(0), Indonesian);

        Assert.Equal((Idr(13), Idr(87), Idr(10)), (composed.Discount, composed.Totals.Net, composed.Totals.Tax));
        Assert.Equal(("Coupon PERCENT, 12.5 %", Idr(-13)), (composed.Lines[1].Charge.Description, composed.Lines[1].Charge.Amount));
    }

    [Fact]
    public void Discounts_follow_each_other_then_credit_then_tax()
    {
        // 200,000 less half, less 30,000, less all the credit of 20,000.
        var composed = Composition.Of([Line(Idr(200_000))], [Percent(50), Off(30_000)], Idr(20_000), Indonesian);

        Assert.Equal([200_000m, -100_000m, -30_000m, -20_000m], composed.Lines.Select(line => line.Charge.Amount.Amount));
        Assert.Equal((Idr(200_000), Idr(130_000), Idr(20_000)), (composed.Subtotal, composed.Discount, composed.CreditUsed));
        Assert.Equal(new InvoiceTotals(Idr(50_000), Idr(5_500), Idr(55_500)), composed.Totals);
    }

    [Fact]
    public void A_discount_takes_off_no_more_than_there_is()
    {
        var composed = Composition.Of([Line(Idr(10_000))], [Off(15_000), Percent(10)], Idr(5_000), Indonesian);

        Assert.Equal([10_000m, -10_000m], composed.Lines.Select(line => line.Charge.Amount.Amount));
        Assert.Equal((Idr(0), Idr(0)), (composed.CreditUsed, composed.Totals.Total));
        Assert.Single(composed.Lines, line => line.RedemptionId is not null);
    }

    [Fact]
    public void What_makes_no_invoice_is_refused_with_the_reason()
    {
        Assert.Contains("nothing on it", Refusal([]));
        Assert.Contains("-1 IDR", Refusal([Line(Idr(99)), Line(Idr(-100))]));
        Assert.Contains("IDR and USD", Refusal([Line(Usd(1)), Line(Idr(1))]) + Refusal([Line(Idr(1)), Line(Usd(1))]));
        Assert.Contains("larger than", Refusal([Line(Idr(Money.Largest)), Line(Idr(1))]));
    }

    private static string Refusal(ChargeLine[] lines) =>
        Assert.Throws<CompositionException>(() => Composition.Of(lines, [], Idr(0), Indonesian)).Message;
}
