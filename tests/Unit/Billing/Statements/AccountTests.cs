using CsCheck;
using ServerlessBusiness.Billing.Statements;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Statements;

public sealed class AccountTests
{
    [Fact]
    public void Each_entry_tells_the_balance_after_it() => Assert.Equal(
        [1110m, 110m, 0m],
        Account.Of(Currency.Idr, 1000, [Of(110), Of(-1000), Of(-110)]).Entries.Select(entry => entry.Balance.Amount));

    [Fact]
    public void The_closing_balance_is_the_opening_one_and_all_between() =>
        Gen.Select(Gen.Int[-1000, 1000], Gen.Int[-1000, 1000].Array[0, 20]).Sample((opening, amounts) =>
            Account.Of(Currency.Idr, opening, [.. amounts.Select(amount => Of(amount))]).Closing.Amount == opening + amounts.Sum());

    private static Movement Of(decimal amount) => new(default, "invoice", null, null, amount);
}
