using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Shared.Tenancy;

public sealed class TenantClaimTests
{
    [Fact]
    public void An_anonymous_caller_without_a_tenant_speaks_for_the_default_one()
    {
        Assert.Equal(TenantId.Default, TenantClaim.Resolve([], [], anonymous: true));
    }

    [Fact]
    public void Everybody_else_must_name_one()
    {
        Assert.Equal("MISSING_TENANT_ID", CodeOf([], anonymous: false));
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("Acme_01-x")]
    [InlineData("12345678901234567890123456789012345678901234567890")]
    public void A_good_name_is_taken_as_written(string name)
    {
        Assert.Equal(name, TenantClaim.Resolve([name], [name], anonymous: false).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" acme")]
    [InlineData("acme\n")]
    [InlineData("acme\r\nX-Evil: 1")]
    [InlineData("ac\0me")]
    [InlineData("../acme")]
    [InlineData("acme,other")]
    [InlineData("аcme")]
    [InlineData("acmé")]
    [InlineData("１２３")]
    [InlineData("123456789012345678901234567890123456789012345678901")]
    public void A_name_of_another_form_is_refused_even_to_anonymous_callers(string name)
    {
        Assert.Equal("INVALID_TENANT_ID", CodeOf([name], anonymous: true));
        Assert.Equal("INVALID_TENANT_ID", CodeOf([name], anonymous: false));
    }

    [Fact]
    public void Ten_kilobytes_are_no_name()
    {
        Assert.Equal("INVALID_TENANT_ID", CodeOf([new string('a', 10_240)], anonymous: false));
    }

    [Theory]
    [InlineData("acme", "other")]
    [InlineData("acme", "Acme")]
    [InlineData("acme", "")]
    public void Two_different_names_contradict_each_other(string one, string two)
    {
        Assert.Equal("INVALID_TENANT_ID", CodeOf([one], anonymous: false, query: two));
        Assert.Equal("INVALID_TENANT_ID", CodeOf([one, two], anonymous: false));
    }

    [Fact]
    public void Nobody_says_it_twice_in_the_same_place()
    {
        Assert.Equal("INVALID_TENANT_ID", CodeOf(["acme", "acme"], anonymous: true));
        Assert.Equal("INVALID_TENANT_ID", CodeOf([], anonymous: true, "acme", "acme"));
    }

    private static string CodeOf(string[] header, bool anonymous, params string[] query) =>
        Assert.Throws<ProblemException>(() => TenantClaim.Resolve(header, query, anonymous)).Code;
}
