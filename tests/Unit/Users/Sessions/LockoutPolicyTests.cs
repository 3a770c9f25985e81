using CsCheck;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Tests.Unit.Users.Sessions;

public sealed class LockoutPolicyTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 5)]
    [InlineData(7, 30)]
    [InlineData(8, 120)]
    [InlineData(9, 300)]
    [InlineData(10, 900)]
    [InlineData(1000, 900)]
    public void The_fifth_failure_delays_and_the_tenth_locks_for_a_quarter_of_an_hour(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), LockoutPolicy.DelayAfter(failures));

    [Fact]
    public void A_delay_never_shrinks_and_no_more_are_looked_at_than_could_be_wrong_before_the_next() =>
        Gen.Int[0, 200].Sample(failures =>
        {
            Assert.True(LockoutPolicy.DelayAfter(failures) <= LockoutPolicy.DelayAfter(failures + 1));
            var atOnce = LockoutPolicy.AtOnce(failures);
            Assert.InRange(atOnce, 1, LockoutPolicy.Free + 1);
            Assert.All(
                Enumerable.Range(failures + 1, atOnce - 1), wrong => Assert.Equal(TimeSpan.Zero, LockoutPolicy.DelayAfter(wrong)));
            Assert.True(LockoutPolicy.DelayAfter(failures + atOnce) > TimeSpan.Zero);
        });
}
