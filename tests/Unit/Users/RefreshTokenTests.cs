using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Tests.Unit.Users;

public sealed class RefreshTokenTests
{
    [Fact]
    public void A_token_names_its_tenant_and_hashes_the_same_when_it_comes_back()
    {
        var token = RefreshToken.Create(TenantId.Parse("acme"));

        Assert.True(RefreshToken.TryParse(token.Text, out var parsed));
        Assert.Equal("acme", parsed.Tenant.Value);
        Assert.Equal(token.Hash, parsed.Hash);
    }

    [Fact]
    public void Two_tokens_are_never_the_same()
    {
        Assert.NotEqual(RefreshToken.Create(TenantId.Default).Text, RefreshToken.Create(TenantId.Default).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("acme")]
    [InlineData("../etc.AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_has_another_form_is_no_token(string text)
    {
        Assert.False(RefreshToken.TryParse(text, out _));
    }
}
