using ServerlessBusiness.Billing.TestClocks;

namespace ServerlessBusiness.Tests.Unit.Billing.TestClocks;

public sealed class TestClockTests
{
    private static readonly DateTimeOffset Real = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TestClock Clock = new(new DateTimeOffset(2027, 12, 1, 0, 0, 0, TimeSpan.Zero), Real);

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(0.25, 0.25)]
    [InlineData(60, 60)]
    [InlineData(3600, 60)]
    public void It_goes_on_for_a_minute_after_it_was_moved_and_stands_then(double secondsLater, double seconds) =>
        Assert.Equal(Clock.Now.AddSeconds(seconds), Clock.At(Real.AddSeconds(secondsLater)));
}
