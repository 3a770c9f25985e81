using CsCheck;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.CreditNotes;

public sealed class SpreadTests
{
    [Fact]
    public void The_largest_remainder_gets_what_rounding_leaves()
    {
        Assert.Equal([33m, 33m, 34m], Spread.Over(100, [1, 1, 1.01m], Currency.Idr));
        Assert.Equal([0.34m, 0.33m, 0.33m], Spread.Over(1, [1, 1, 1], Currency.Usd));
        Assert.Equal([0m, 0m], Spread.Over(0, [1, 1], Currency.Idr));
        Assert.Equal([0m], Spread.Over(5, [0], Currency.Idr));
    }

    [Fact]
    public void Shares_add_up_and_none_is_above_its_weight()
    {
        Gen.Select(Gen.Int[0, 100_000].Array[1, 8], Gen.Double[0, 1]).Sample((units, part) =>
        {
            var weights = units.Select(unit => Money.FromMinorUnits(unit, Currency.Usd).Amount).ToArray();
            var amount = Money.Rounded(weights.Sum() * (decimal)part, Currency.Usd).Amount;
            var shares = Spread.Over(amount, weights, Currency.Usd);
            return shares.Sum() == (weights.Sum() == 0 ? 0 : amount) && shares.Zip(weights).All(one => one.First >= 0 && one.First <= one.Second);
        });
    }
}
