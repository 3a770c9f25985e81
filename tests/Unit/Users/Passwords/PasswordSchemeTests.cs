using System.Text;
using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Tests.Unit.Users.Passwords;

public sealed class PasswordSchemeTests
{
    private static readonly PasswordScheme Scheme = new(Encoding.UTF8.GetBytes("a pepper that is not the real one"), PasswordScheme.LeastCost);
    private static readonly string First72 = new('x', 72);

    [Theory]
    [InlineData("one", "two")]
    [InlineData("before\0one", "before\0two")]
    [InlineData("before\0", "before")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    public void Passwords_that_differ_after_72_bytes_or_after_a_NUL_are_told_apart(string mine, string other)
    {
        var hash = Scheme.Hash(First72 + mine);

        Assert.True(Scheme.Verify(First72 + mine, hash));
        Assert.False(Scheme.Verify(First72 + other, hash));
    }

    [Fact]
    public void A_hash_is_worth_nothing_without_the_pepper()
    {
        var hash = Scheme.Hash("a password");

        Assert.False(new PasswordScheme(Encoding.UTF8.GetBytes("another pepper, which is wrong too"), 4).Verify("a password", hash));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void The_hash_of_nobody_is_of_no_password_and_as_much_work_as_one_of_todays(int cost)
    {
        var scheme = new PasswordScheme(Encoding.UTF8.GetBytes("a pepper that is not the real one"), cost);

        Assert.False(scheme.Verify("a password", scheme.OfNobody));
        Assert.False(scheme.IsOld(scheme.OfNobody));
        Assert.Equal(scheme.Hash("a password").Length, scheme.OfNobody.Length);
    }

    [Theory]
    [InlineData(12, 12)]
    [InlineData(12, 13)]
    [InlineData(10, 16)]
    [InlineData(13, 12)]
    public void A_look_at_a_hash_of_a_lower_cost_is_as_much_work_as_at_one_of_todays(int its, int todays) =>
        Assert.Equal(1 << Math.Max(its, todays), (1 << its) + PasswordScheme.Missing(its, todays).Sum(cost => 1 << cost));

    [Fact]
    public void Today_is_cost_12_with_a_tag_and_whatever_is_older_is_made_anew()
    {
        var hash = Scheme.Hash("a password");
        Assert.StartsWith("hmac-sha384:$2", hash);
        Assert.Contains("$12$", hash);
        Assert.False(Scheme.IsOld(hash));

        var first = BCrypt.Net.BCrypt.EnhancedHashPassword("a password", 4);
        Assert.True(Scheme.Verify("a password", first));
        Assert.False(Scheme.Verify("another", first));
        Assert.True(Scheme.IsOld(first));
        Assert.True(Scheme.IsOld("hmac-sha384:" + BCrypt.Net.BCrypt.HashPassword("x", 11)));
    }
}
