using System.Text;
using ServerlessBusiness.Users.Mfa;

namespace ServerlessBusiness.Tests.Unit.Users.Mfa;

public sealed class TotpSecretTests
{
    // RFC 6238, appendix B: the secret, and the last six digits of its codes.
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        Assert.Equal(seconds / 30, TotpSecret.StepOf(Secret, code, DateTimeOffset.FromUnixTimeSeconds(seconds)));
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void A_code_is_good_one_step_before_and_after_its_own(int seconds, bool isGood)
    {
        var step = TotpSecret.StepOf(Secret, "005924", DateTimeOffset.FromUnixTimeSeconds(1234567890 + seconds));

        Assert.Equal(isGood ? 1234567890 / 30 : null, step);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00592")]
    [InlineData("0059240")]
    [InlineData("5924")]
    [InlineData("00592x")]
    [InlineData("٠٠٥٩٢٤")]
    public void What_is_not_the_code_is_refused(string code)
    {
        Assert.Null(TotpSecret.StepOf(Secret, code, DateTimeOffset.FromUnixTimeSeconds(1234567890)));
    }

    [Fact]
    public void An_app_reads_secret_issuer_and_account_from_the_address()
    {
        var uri = TotpSecret.Uri(Secret, "Toko & Söhne", "a+b@example.com");

        Assert.StartsWith("otpauth://totp/", uri);
        Assert.Contains($"secret={TotpSecret.Text(Secret)}", uri);
        Assert.Contains("issuer=Toko%20%26%20S%C3%B6hne", uri);
        Assert.Contains("a%2Bb%40example.com", uri);
    }

    [Fact]
    public void Secrets_have_160_bits_and_differ()
    {
        Assert.Equal(20, TotpSecret.Create().Length);
        Assert.NotEqual(TotpSecret.Create(), TotpSecret.Create());
    }
}
