using Microsoft.Extensions.Hosting.Internal;
using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Tests.Unit.Users.Passwords;

public sealed class PasswordCostCheckTests
{
    [Theory]
    [InlineData("Production", 11, false)]
    [InlineData("Production", 12, true)]
    [InlineData("Production", 14, true)]
    [InlineData("Development", 4, true)]
    public void Production_takes_no_cheap_hashes(string environment, int cost, bool starts)
    {
        var check = new PasswordCostCheck(new HostingEnvironment { EnvironmentName = environment });

        Assert.Equal(starts, check.Validate(null, new PasswordOptions { Cost = cost }).Succeeded);
    }

    [Fact]
    public void Who_says_nothing_gets_what_Production_takes() => Assert.Equal(PasswordScheme.LeastCost, new PasswordOptions().Cost);
}
