using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Unit.Users.Accounts;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("+62 812-3456-7890", "+6281234567890")]
    [InlineData("0812 3456 7890", "+6281234567890")]
    [InlineData("+1 650 253 0000", "+16502530000")]
    [InlineData("  ", null)]
    [InlineData(null, null)]
    public void A_number_is_kept_with_its_country_and_without_is_of_Indonesia(string? typed, string? kept) =>
        Assert.Equal(kept, PhoneNumber.Normalize(typed));

    [Theory]
    [InlineData("12")]
    [InlineData("+99912345678")]
    [InlineData("call me")]
    [InlineData("+62 812 3456 7890 1234 5678")]
    public void What_is_no_number_is_refused(string typed) =>
        Assert.Equal("INVALID_PHONE", Assert.Throws<ProblemException>(() => PhoneNumber.Normalize(typed)).Code);
}
