using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Unit.Users.Accounts;

public sealed class OneTimeTokenTests
{
    [Fact]
    public void A_token_is_another_in_every_tenant_and_for_every_purpose()
    {
        var token = OneTimeToken.Create();

        var hashes =
            from tenant in new[] { "a", "b" }
            from purpose in Enum.GetValues<TokenPurpose>()
            select Convert.ToHexString(OneTimeToken.Hash(TenantId.Parse(tenant), purpose, token));

        Assert.Equal(6, hashes.Distinct().Count());
    }

    [Fact]
    public void A_token_has_160_random_bits_and_needs_no_escape_in_a_link()
    {
        var tokens = Enumerable.Range(0, 100).Select(_ => OneTimeToken.Create()).ToList();

        Assert.Equal(100, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.Equal((27, token), (token.Length, Uri.EscapeDataString(token))));
    }
}
