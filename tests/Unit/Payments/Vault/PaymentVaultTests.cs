using System.Security.Cryptography;
using CsCheck;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Payments.Vault;

public sealed class PaymentVaultTests
{
    private static readonly string First = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private static readonly string Second = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private static readonly SealedFor Place = new(TenantId.Default, Guid.CreateVersion7(), Guid.CreateVersion7(), "credit_card");

    [Fact]
    public void Whatever_is_sealed_opens_again_in_its_place() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text => Vault(First).Open(Vault(First).Seal(text, Place), Place) == text);

    [Fact]
    public void A_sealed_text_has_five_parts_and_never_twice_the_same()
    {
        var vault = Vault(First);

        Assert.Matches(@"^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+\.[\w-]{22}$", vault.Seal("token", Place));
        Assert.NotEqual(vault.Seal("token", Place), vault.Seal("token", Place));
    }

    [Fact]
    public void It_opens_in_no_other_tenant_user_row_or_type()
    {
        var text = Vault(First).Seal("token", Place);
        SealedFor[] others =
        [
            Place with { Tenant = TenantId.Parse("another") }, Place with { User = Guid.CreateVersion7() },
            Place with { Row = Guid.CreateVersion7() }, Place with { Type = "e_wallet" },
        ];

        Assert.All(others, other => Assert.ThrowsAny<CryptographicException>(() => Vault(First).Open(text, other)));
    }

    [Fact]
    public void A_changed_character_anywhere_is_noticed()
    {
        var text = Vault(First).Seal("token", Place);
        for (var at = 0; at < text.Length - 1; at++)
        {
            if (text[at] == '.')
                continue;
            var changed = text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
            Assert.ThrowsAny<CryptographicException>(() => Vault(First).Open(changed, Place));
        }
    }

    [Theory]
    [InlineData(2, "AAAA")]
    [InlineData(2, "")]
    [InlineData(2, "AAAAAAAAAAAAAAAAAAAA")]
    [InlineData(4, "AAAA")]
    [InlineData(4, "")]
    [InlineData(3, "")]
    public void A_part_of_another_length_is_a_change_as_well(int part, string instead)
    {
        var parts = Vault(First).Seal("token", Place).Split('.');
        parts[part] = instead;

        Assert.ThrowsAny<CryptographicException>(() => Vault(First).Open(string.Join('.', parts), Place));
    }

    [Fact]
    public void An_old_key_is_still_read_and_new_texts_are_under_the_new_one()
    {
        var before = Vault(First).Seal("token", Place);
        var rotated = Vault(Second, old: First);

        Assert.Equal("token", rotated.Open(before, Place));
        Assert.False(before.StartsWith(rotated.CurrentPrefix, StringComparison.Ordinal));
        Assert.StartsWith(rotated.CurrentPrefix, rotated.Seal("token", Place));
        Assert.ThrowsAny<CryptographicException>(() => Vault(Second).Open(before, Place));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void A_key_that_is_not_32_bytes_stops_the_start(string key) =>
        Assert.NotEmpty(new VaultOptions { Key = key }.Validate(new(this)).Concat(new VaultOptions { Key = First, OldKeys = $"{Second},{key}x" }.Validate(new(this))));

    private static PaymentVault Vault(string key, string old = "") => new(Options.Create(new VaultOptions { Key = key, OldKeys = old }));
}
