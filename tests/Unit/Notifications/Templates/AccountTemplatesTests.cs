using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Tests.Unit.Notifications.Templates;

public sealed class AccountTemplatesTests
{
    [Theory]
    [InlineData("verify_email", "link", "token")]
    [InlineData("account_exists", "link", "token")]
    [InlineData("password_reset", "link", "token")]
    [InlineData("password_changed")]
    [InlineData("passkey_added")]
    [InlineData("passkey_removed")]
    [InlineData("invitation", "link", "tenant", "token")]
    [InlineData("payment_surplus", "amount", "method", "payment", "refundable")]
    public void Mails_about_accounts_use_what_Users_sends_and_nothing_else(string name, params string[] variables)
    {
        Assert.Equal(variables, TemplateCatalog.Get(name).In("en").Variables.Order());
    }

    [Fact]
    public void They_go_before_everything_else_and_nobody_mutes_them()
    {
        Assert.All(AccountTemplates.Types, type => Assert.Equal((Priority.Critical, false), (type.Priority, type.CanBeMuted)));
    }

    [Fact]
    public void Titles_hold_no_secret_and_no_end_of_line()
    {
        var titles = AccountTemplates.Types.SelectMany(type => type.Templates.Values).Select(template => template.Title).ToList();

        Assert.All(titles, title => Assert.DoesNotMatch("\n|link|token", title));
    }
}
