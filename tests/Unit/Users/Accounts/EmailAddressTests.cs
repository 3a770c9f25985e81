using CsCheck;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Unit.Users.Accounts;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("Jose@Example.COM", "jose@example.com")]
    [InlineData("  jose@example.com\t", "jose@example.com")]
    [InlineData("jos\u00e9@example.com", "jos\u00e9@example.com")]
    [InlineData("jose\u0301@example.com", "jos\u00e9@example.com")]
    [InlineData("JOS\u00c9@example.com", "jos\u00e9@example.com")]
    [InlineData("\uff4a\uff4f\uff53\uff45\uff20\uff45\uff58\uff0e\uff43\uff4f\uff4d", "jose@ex.com")]
    [InlineData("Stra\u00dfe@example.com", "strasse@example.com")]
    [InlineData("a@B\u00fccher.example", "a@xn--bcher-kva.example")]
    [InlineData("a@xn--bcher-kva.example", "a@xn--bcher-kva.example")]
    [InlineData("first.last+tag@sub.example.co.id", "first.last+tag@sub.example.co.id")]
    public void An_address_is_compared_in_one_form_and_kept_as_it_was_typed(string typed, string normalized)
    {
        var address = EmailAddress.Parse(typed);

        Assert.Equal((normalized, typed.Trim()), (address.Normalized, address.Typed));
        Assert.Equal(normalized, EmailAddress.FoldLogin(typed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a")]
    [InlineData("a@")]
    [InlineData("@b.example")]
    [InlineData("a@b")]
    [InlineData("a@b.example.")]
    [InlineData("a@-b.example")]
    [InlineData("a@b..example")]
    [InlineData("a@b_c.example")]
    [InlineData(".a@b.example")]
    [InlineData("a.@b.example")]
    [InlineData("a..b@c.example")]
    [InlineData("a b@c.example")]
    [InlineData("a@b@c.example")]
    [InlineData("\"a\"@b.example")]
    [InlineData("a,b@c.example")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a\r\nBcc:b@c.example")]
    [InlineData("a\u200b@b.example")]
    [InlineData("a@b\u00ad.example")]
    [InlineData("\u202ea@b.example")]
    [InlineData("p\u0430ypal@b.example")]
    [InlineData("a@p\u0430ypal.example")]
    [InlineData("supp\u0d66rt@b.example")]
    public void What_is_no_address_or_imitates_one_is_refused(string typed) =>
        Assert.Equal("INVALID_EMAIL", Assert.Throws<ProblemException>(() => EmailAddress.Parse(typed)).Code);

    [Fact]
    public void A_local_part_has_64_characters_and_an_address_254()
    {
        EmailAddress.Parse($"{new string('a', 64)}@example.com");
        Assert.Throws<ProblemException>(() => EmailAddress.Parse($"{new string('a', 65)}@example.com"));
        var label = new string('b', 60);
        Assert.Throws<ProblemException>(() => EmailAddress.Parse($"{new string('a', 64)}@{label}.{label}.{label}.{label}.com"));
    }

    [Fact]
    public void Normalizing_twice_changes_nothing_and_no_text_breaks_the_comparison() =>
        Gen.String.Sample(text =>
        {
            EmailAddress.FoldLogin(text);
            try
            {
                var normalized = EmailAddress.Parse(text).Normalized;
                Assert.Equal(normalized, EmailAddress.Parse(normalized).Normalized);
            }
            catch (ProblemException refused)
            {
                Assert.Equal("INVALID_EMAIL", refused.Code);
            }
        });
}
