using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Tests.Unit.Users;

public sealed class PasswordPolicyTests
{
    private static readonly string[] Words = ["Acme Trading", "budi@example.com", "budi-santoso"];

    public static TheoryData<string> Good =>
    [
        "correct horse battery staple", "83920174", "19870412", new string('a', 72) + "x", new string('x', 128), "kucing-terbang-9",
        string.Concat(Enumerable.Repeat("🔑", 64)), "пароль от дома", "nul\0inside it",
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public void Any_characters_make_a_password(string password) => Assert.Null(PasswordPolicy.Fault(password, Words));

    [Theory]
    [InlineData("password")]
    [InlineData("Password1")]
    [InlineData("P4ssw0rd")]
    [InlineData("12345678")]
    [InlineData("aaaaaaaa")]
    [InlineData("qwertyuiop")]
    [InlineData("iloveyou2")]
    [InlineData("santoso2026")]
    [InlineData("tradingplatform1")]
    public void What_everybody_tries_first_is_refused(string password) => Assert.NotNull(PasswordPolicy.Fault(password, Words));

    [Fact]
    public void Length_is_counted_in_code_points()
    {
        Assert.NotNull(PasswordPolicy.Fault("7 chars", Words));
        Assert.NotNull(PasswordPolicy.Fault(string.Concat(Enumerable.Repeat("🔑", 7)), Words));
        Assert.Null(PasswordPolicy.Fault(string.Concat(Enumerable.Repeat("🔑🚪", 64)), Words));
        Assert.NotNull(PasswordPolicy.Fault(new string('é', 129), Words));
    }
}
