using System.Text.Json;
using CsCheck;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Shared.Finance;

public sealed class MoneyProperties
{
    private static readonly Gen<Currency> AnyCurrency = Gen.Bool.Select(isUsd => isUsd ? Currency.Usd : Currency.Idr);

    private static readonly Gen<Money> AnyMoney =
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], AnyCurrency, Money.FromMinorUnits);

    [Fact]
    public void Shares_add_up_to_the_whole_and_stay_within_one_unit_of_their_due() =>
        Gen.Select(AnyMoney, Gen.Int[0, 10_000].Array[1, 20]).Where((_, weights) => weights.Sum() > 0).Sample((money, weights) =>
        {
            var shares = money.Allocate(weights);
            Assert.Equal(money.MinorUnits, shares.Sum(share => share.MinorUnits));
            var total = (decimal)weights.Sum();
            foreach (var (share, weight) in shares.Zip(weights))
                Assert.True(Math.Abs(share.MinorUnits - (money.MinorUnits * weight / total)) < 1);
        });

    [Fact]
    public void Adding_and_taking_away_again_changes_nothing() =>
        Gen.Select(AnyMoney, Gen.Long[-1_000_000, 1_000_000]).Sample((money, units) =>
        {
            var other = Money.FromMinorUnits(units, money.Currency);
            Assert.Equal(money, money + other - other);
            Assert.Equal(money + other, other + money);
            Assert.True((money - money).IsZero);
        });

    [Fact]
    public void Rounding_is_off_by_half_a_unit_at_most_and_symmetric() =>
        Gen.Select(Gen.Decimal[-1_000_000_000m, 1_000_000_000m], AnyCurrency).Sample((amount, currency) =>
        {
            var money = Money.Rounded(amount, currency);
            var unit = Money.FromMinorUnits(1, currency).Amount;
            Assert.True(Math.Abs(money.Amount - amount) <= unit / 2);
            Assert.Equal(-money, Money.Rounded(-amount, currency));
        });

    [Fact]
    public void Json_and_minor_units_give_the_same_money_back() =>
        AnyMoney.Sample(money =>
        {
            Assert.Equal(money, JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money)));
            Assert.Equal(money, Money.FromMinorUnits(money.MinorUnits, money.Currency));
        });
}
