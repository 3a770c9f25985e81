using CsCheck;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Unit.Users.Accounts;

public sealed class UsernameTests
{
    [Theory]
    [InlineData("Anna_9", "anna_9")]
    [InlineData(" anna ", "anna")]
    [InlineData("\uff21\uff4e\uff4e\uff41", "anna")]
    [InlineData("\u1f08\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c2", "\u1f00\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c3")]
    [InlineData("\u0645\u062d\u0645\u062f_\u0639\u0644\u064a", "\u0645\u062d\u0645\u062f_\u0639\u0644\u064a")]
    [InlineData("\u0938\u0930\u0938\u094d\u0935\u0924\u0940", "\u0938\u0930\u0938\u094d\u0935\u0924\u0940")]
    [InlineData("\u6771\u4eacTokyo\u3055\u304f\u3089", "\u6771\u4eactokyo\u3055\u304f\u3089")]
    [InlineData("\U0001f680moon\u2764\ufe0f", "\U0001f680moon\u2764")]
    [InlineData("\U0001f44b\U0001f3fdhi", "\U0001f44b\U0001f3fdhi")]
    [InlineData("moon\U0001fae0", "moon\U0001fae0")]
    [InlineData("\u0d2e\u0d32\u0d66\u0d67", "\u0d2e\u0d32\u0d66\u0d67")]
    [InlineData("\u0645\u062d\u0645\u062f\u0661\u0662", "\u0645\u062d\u0645\u062f\u0661\u0662")]
    public void A_name_of_any_writing_is_compared_in_one_form_and_kept_as_it_was_typed(string typed, string normalized)
    {
        var name = Username.Parse(typed);

        Assert.Equal((normalized, typed.Trim()), (name.Normalized, name.Typed));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("a b c")]
    [InlineData("a@b.c")]
    [InlineData("abc\0")]
    [InlineData("ab\u200bc")]
    [InlineData("ab\u200dc")]
    [InlineData("ab\u00adc")]
    [InlineData("abc\u202e")]
    [InlineData("abc\ufe0f")]
    [InlineData("\ufeffabc")]
    [InlineData("\u3164\u3164\u3164")]
    [InlineData("\u2800\u2800\u2800")]
    [InlineData("ad\ufffcmin")]
    [InlineData("ad\U0001d159min")]
    [InlineData("\u115f\u1160abc")]
    [InlineData("abc\U000e0041")]
    [InlineData("abc\ue000")]
    [InlineData("\u0301abc")]
    [InlineData("\u0430dmin")]
    [InlineData("adm\u0456n")]
    [InlineData("\u03b1dmin")]
    [InlineData("\u0430\u03b2\u0431")]
    [InlineData("g\u0d66\u0d66gle")]
    [InlineData("g\u0c66\u0c66gle")]
    [InlineData("b\u09e6b")]
    [InlineData("\u0ae6wner")]
    [InlineData("supp\u1040rt")]
    [InlineData("<b>x</b>")]
    [InlineData("a/../b")]
    public void What_nobody_sees_or_imitates_another_is_refused(string typed) =>
        Assert.Equal("INVALID_USERNAME", Assert.Throws<ProblemException>(() => Username.Parse(typed)).Code);

    [Fact]
    public void A_name_has_3_to_50_characters()
    {
        Username.Parse("abc");
        Username.Parse(string.Concat(Enumerable.Repeat("\U0001f680", 50)));
        Assert.Throws<ProblemException>(() => Username.Parse(new string('a', 51)));
    }

    [Fact]
    public void Normalizing_twice_changes_nothing_and_capitals_make_no_other_name() =>
        Gen.String.Sample(text =>
        {
            if (Parsed(text) is not { } name)
                return;

            Assert.Equal(name.Normalized, Username.Parse(name.Normalized).Normalized);
            Assert.DoesNotContain('@', name.Normalized);
            Assert.Equal(name.Normalized, EmailAddress.FoldLogin(name.Typed));
        });

    private static Username? Parsed(string text)
    {
        try
        {
            return Username.Parse(text);
        }
        catch (ProblemException)
        {
            return null;
        }
    }
}
