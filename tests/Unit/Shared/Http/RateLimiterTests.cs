using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class RateLimiterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(59)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(119)]
    [InlineData(6000)]
    [InlineData(600_000)]
    public void Without_Redis_the_budget_of_a_minute_comes_back_in_a_minute(int perMinute)
    {
        var budget = RateLimiter.LocalBudget(perMinute);

        Assert.Equal(perMinute, budget.TokenLimit);
        Assert.Equal(perMinute, budget.TokensPerPeriod * (TimeSpan.FromMinutes(1) / budget.ReplenishmentPeriod), tolerance: 0.001);
    }
}
