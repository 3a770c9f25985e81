using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Mfa;

namespace ServerlessBusiness.Tests.Unit.Users.Mfa;

public sealed class RecoveryCodeTests
{
    private static readonly byte[] Key = new byte[32];
    private static readonly TenantId Tenant = TenantId.Parse("acme");
    private static readonly Guid User = Guid.NewGuid();

    [Fact]
    public void A_set_is_ten_different_codes_of_twelve_letters()
    {
        var codes = RecoveryCode.CreateSet();

        Assert.Equal(10, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches(@"^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}\z", code));
    }

    [Theory]
    [InlineData("0a1b-2c3d-4e5f")]
    [InlineData("0A1B2C3D4E5F")]
    [InlineData(" 0a1b 2c3d 4e5f ")]
    [InlineData("OaIb-2c3d-4e5f")]
    [InlineData("oalb-2c3d-4e5f")]
    public void A_code_copied_from_paper_is_the_same_code(string typed)
    {
        Assert.Equal(HashOf("0a1b-2c3d-4e5f"), HashOf(typed));
    }

    [Fact]
    public void The_hash_covers_key_tenant_user_and_code()
    {
        const string code = "0a1b-2c3d-4e5f";
        byte[][] hashes =
        [
            HashOf(code),
            HashOf("0a1b-2c3d-4e5g"),
            RecoveryCode.Hash([.. Key, 1], Tenant, User, code),
            RecoveryCode.Hash(Key, TenantId.Parse("other"), User, code),
            RecoveryCode.Hash(Key, Tenant, Guid.NewGuid(), code),
        ];

        Assert.Equal(hashes.Length, hashes.Select(Convert.ToHexString).Distinct().Count());
    }

    private static byte[] HashOf(string code) => RecoveryCode.Hash(Key, Tenant, User, code);
}
