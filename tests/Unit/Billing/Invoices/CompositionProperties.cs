using CsCheck;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Invoices;

/// <summary>What must hold for any lines, discounts, credit and tax.</summary>
public sealed class CompositionProperties
{
    private static readonly Gen<(ChargeLine[] Lines, Discount[] Discounts, Money Credit, TaxRule Tax)> Any =
        from currency in Gen.Bool.Select(isUsd => isUsd ? Currency.Usd : Currency.Idr)
        from lines in Gen.Long[-20_000_000, 99_999_999].Array[1, 12]
        from percents in Gen.Int[1, 10_000].Array[0, 3]
        from amounts in Gen.Long[1, 5_000_000].Array[0, 3]
        from credit in Gen.Long[0, 99_999_999]
        from rate in Gen.Int[0, 3_000]
        from isInclusive in Gen.Bool
        select (
            lines.Select(units => Money.FromMinorUnits(units, currency)).Select(amount => new ChargeLine("", 1, amount, amount)).ToArray(),
            percents.Select(percent => new Discount(Guid.CreateVersion7(), "P", percent / 100m, null, IsCounted: false))
                .Concat(amounts.Select(units => new Discount(Guid.CreateVersion7(), "A", null, Money.FromMinorUnits(units, currency).Amount, IsCounted: false))).ToArray(),
            Money.FromMinorUnits(credit, currency),
            new TaxRule(rate / 10_000m, isInclusive ? TaxMode.Inclusive : TaxMode.Exclusive));

    [Fact]
    public void Totals_are_the_sum_of_the_lines_to_the_minor_unit() => Any.Sample(drawn =>
    {
        if (Compose(drawn) is not { } composed)
            return;
        var sum = composed.Lines.Sum(line => line.Charge.Amount.MinorUnits);

        Assert.Equal(sum, (drawn.Tax.Mode == TaxMode.Inclusive ? composed.Totals.Total : composed.Totals.Net).MinorUnits);
        Assert.Equal(composed.Totals.Total, composed.Totals.Net + composed.Totals.Tax);
        Assert.Equal(drawn.Lines.Sum(line => line.Amount.MinorUnits) - (composed.Discount + composed.CreditUsed).MinorUnits, sum);
    });

    [Fact]
    public void Nothing_falls_below_zero_and_nobody_gives_more_than_he_has() => Any.Sample(drawn =>
    {
        if (Compose(drawn) is not { } composed)
            return;

        Assert.True(composed.Totals is { Net.Amount: >= 0, Tax.Amount: >= 0, Total.Amount: >= 0 });
        Assert.True(composed.Discount >= Money.Zero(drawn.Credit.Currency) && composed.Discount <= composed.Subtotal);
        Assert.True(composed.CreditUsed <= drawn.Credit);
        // As long as there is credit, nothing is left to pay.
        Assert.True(composed.CreditUsed == drawn.Credit || composed.Totals.Total.IsZero);
    });

    [Fact]
    public void Tax_is_at_most_half_a_unit_from_the_exact_share() => Any.Sample(drawn =>
    {
        if (Compose(drawn) is not { } composed)
            return;
        var exact = drawn.Tax.Mode == TaxMode.Inclusive
            ? composed.Totals.Total.Amount * drawn.Tax.Rate / (1 + drawn.Tax.Rate)
            : composed.Totals.Net.Amount * drawn.Tax.Rate;
        var unit = composed.Totals.Tax.Currency == Currency.Usd ? 0.01m : 1m;

        Assert.True(Math.Abs(composed.Totals.Tax.Amount - exact) <= unit / 2);
    });

    // Null where there is no invoice: the lines come to less than nothing.
    private static Composition? Compose((ChargeLine[] Lines, Discount[] Discounts, Money Credit, TaxRule Tax) drawn)
    {
        if (drawn.Lines.Sum(line => line.Amount.Amount) >= 0)
            return Composition.Of(drawn.Lines, drawn.Discounts, drawn.Credit, drawn.Tax);
        Assert.Throws<CompositionException>(() => Composition.Of(drawn.Lines, drawn.Discounts, drawn.Credit, drawn.Tax));
        return null;
    }
}
