using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Notifications.Preferences;

public sealed class UnsubscribeTokenTests
{
    private static readonly Unsubscription Whose = new(TenantId.Parse("shop_1"), Guid.CreateVersion7(), "trading_alert");
    private static readonly UnsubscribeToken Tokens = Under("a-secret-of-at-least-thirty-two-bytes");

    [Fact]
    public void A_token_names_its_reader_and_kind()
    {
        Assert.Equal(Whose, Tokens.Read(Tokens.Create(Whose)));
    }

    [Fact]
    public void A_token_that_was_changed_or_made_by_others_is_none()
    {
        var token = Tokens.Create(Whose);

        Assert.Null(Tokens.Read(token[..^1] + (token[^1] == 'A' ? 'B' : 'A')));
        Assert.Null(Under("another-secret-of-thirty-two-bytes-or-so").Read(token));
        Assert.All(new[] { null, "", "%%", "abc", new string('A', 600) }, broken => Assert.Null(Tokens.Read(broken)));
    }

    private static UnsubscribeToken Under(string secret) => new(Options.Create(new TokenOptions { Secret = secret }));
}
