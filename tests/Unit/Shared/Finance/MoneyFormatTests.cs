using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Shared.Finance;

public sealed class MoneyFormatTests
{
    [Theory]
    [InlineData("531690", "IDR", "id", "Rp531.690")]
    [InlineData("531690", "IDR", "id-ID", "Rp531.690")]
    [InlineData("531690", "IDR", "en", "Rp531,690")]
    [InlineData("0", "IDR", "id", "Rp0")]
    [InlineData("-1500", "IDR", "id", "-Rp1.500")]
    [InlineData("29.99", "USD", "en", "$29.99")]
    [InlineData("1234567.5", "USD", "en-US", "$1,234,567.50")]
    [InlineData("1234567.5", "USD", "id", "US$1.234.567,50")]
    [InlineData("-0.01", "USD", "en", "-$0.01")]
    public void Each_language_reads_amounts_its_own_way(string amount, string code, string locale, string expected) =>
        Assert.Equal(expected, new Money(decimal.Parse(amount), Currency.Parse(code)).Display(locale));
}
