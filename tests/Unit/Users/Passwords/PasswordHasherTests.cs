using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Tests.Unit.Users.Passwords;

public sealed class PasswordHasherTests
{
    [Theory]
    [InlineData(4, 32)]
    [InlineData(12, 32)]
    [InlineData(13, 16)]
    [InlineData(16, 2)]
    public void The_more_a_hash_costs_the_fewer_wait_for_theirs(int cost, int waiting) => Assert.Equal(waiting, PasswordHasher.WaitingPerCore(cost));
}
