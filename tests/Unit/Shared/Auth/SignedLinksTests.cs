using CsCheck;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Shared.Auth;

public sealed class SignedLinksTests
{
    private static readonly SignedLinks Links = new(Options.Create(new TokenOptions { Secret = new string('s', 32) }));
    private static readonly SignedLink Link = new(TenantId.Parse("toko-budi"), Guid.NewGuid(), new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void It_is_read_as_it_was_made_also_when_it_has_expired()
    {
        var read = Links.Read(SignedLinks.InvoicePage, Links.Create(SignedLinks.InvoicePage, Link));

        Assert.Equal(Link, read);
        Assert.True(read!.HasExpired(Link.ExpiresAt));
        Assert.False(read.HasExpired(Link.ExpiresAt.AddSeconds(-1)));
    }

    [Fact]
    public void One_purpose_opens_nothing_of_another() =>
        Assert.Null(Links.Read(SignedLinks.Document, Links.Create(SignedLinks.InvoicePage, Link)));

    [Fact]
    public void Another_secret_signs_nothing_of_ours() =>
        Assert.Null(new SignedLinks(Options.Create(new TokenOptions { Secret = new string('t', 32) })).Read(
            SignedLinks.InvoicePage, Links.Create(SignedLinks.InvoicePage, Link)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("not base64 at all!")]
    public void Anything_else_is_no_link(string? text) => Assert.Null(Links.Read(SignedLinks.InvoicePage, text));

    [Fact]
    public void Every_changed_letter_makes_it_worthless()
    {
        var token = Links.Create(SignedLinks.InvoicePage, Link);
        Gen.Select(Gen.Int[0, token.Length - 1], Gen.Char["ABCDEFGHabcdefgh0123456789-_"]).Sample((place, letter) =>
            token[place] == letter || Links.Read(SignedLinks.InvoicePage, token[..place] + letter + token[(place + 1)..]) is null);
    }
}
