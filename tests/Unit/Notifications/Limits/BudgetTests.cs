using CsCheck;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Tests.Unit.Notifications.Limits;

public sealed class BudgetTests
{
    [Fact]
    public void No_second_holds_more_than_the_thirty_that_Telegram_names()
    {
        Assert.Equal(30, new Budget(25).Capacity + 25);
    }

    [Fact]
    public void Each_priority_leaves_something_to_those_above_it_and_none_is_left_without() =>
        Gen.Int[1, 100_000].Sample(perSecond =>
        {
            var budget = new Budget(perSecond);
            var depths = new[] { Priority.Critical, Priority.High, Priority.Medium, Priority.Low }.Select(budget.Depth).ToList();

            Assert.Equal(depths.OrderDescending(), depths);
            Assert.Equal(4, depths.Distinct().Count());
            Assert.True(depths[3] >= budget.BotInterval);
        });
}
