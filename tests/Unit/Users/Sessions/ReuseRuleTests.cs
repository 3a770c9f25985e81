using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Tests.Unit.Users.Sessions;

public sealed class ReuseRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Current = [1, 2, 3];
    private static readonly byte[] Other = [1, 2, 4];

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void The_parent_gives_the_same_successor_for_ten_seconds(int seconds)
    {
        Assert.Equal(Reuse.SameMoment, ReuseRule.Judge(Spent(Now.AddSeconds(-seconds)), Current, wasUnspent: false, Now));
    }

    [Fact]
    public void The_parent_is_theft_after_ten_seconds()
    {
        Assert.Equal(Reuse.Theft, ReuseRule.Judge(Spent(Now.AddSeconds(-10).AddTicks(-1)), Current, wasUnspent: false, Now));
    }

    [Fact]
    public void Who_asked_before_the_parent_was_spent_gets_the_same_successor_however_long_he_waited()
    {
        Assert.Equal(Reuse.SameMoment, ReuseRule.Judge(Spent(Now.AddMinutes(-1)), Current, wasUnspent: true, Now));
        Assert.Equal(Reuse.Theft, ReuseRule.Judge(Spent(Now.AddMinutes(-1)), Other, wasUnspent: true, Now));
        Assert.Equal(Reuse.Ended, ReuseRule.Judge(Spent(Now) with { EndedAt = Now }, Current, wasUnspent: true, Now));
        Assert.Equal(Reuse.Ended, ReuseRule.Judge(Spent(Now) with { RotatedAt = null }, successorHash: null, wasUnspent: true, Now));
    }

    [Fact]
    public void A_token_before_the_parent_is_theft_at_any_time()
    {
        Assert.Equal(Reuse.Theft, ReuseRule.Judge(Spent(Now), Other, wasUnspent: false, Now));
        Assert.Equal(Reuse.Theft, ReuseRule.Judge(Spent(Now), successorHash: null, wasUnspent: false, Now));
    }

    [Fact]
    public void What_is_over_is_over_and_no_theft()
    {
        Assert.Equal(Reuse.Ended, ReuseRule.Judge(Spent(Now) with { EndedAt = Now }, Current, wasUnspent: false, Now));
        Assert.Equal(Reuse.Ended, ReuseRule.Judge(Spent(Now) with { ExpiresAt = Now }, Current, wasUnspent: false, Now));
        Assert.Equal(Reuse.Ended, ReuseRule.Judge(Spent(Now) with { RotatedAt = null }, Current, wasUnspent: false, Now));
    }

    private static SpentToken Spent(DateTimeOffset rotatedAt) =>
        new(Guid.NewGuid(), Guid.NewGuid(), rotatedAt, [9], Current, EndedAt: null, Now.AddDays(1));
}
