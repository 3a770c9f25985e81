using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Shared.Finance;

public sealed class MoneyTests
{
    [Fact]
    public void An_amount_finer_than_the_currency_is_refused()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new Money(531690.5m, Currency.Idr));
        Assert.Contains("531690.5 IDR has more than 0 decimals", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Money(29.999m, Currency.Usd));
    }

    [Fact]
    public void Zeros_behind_the_last_digit_do_not_count() => Assert.Equal(new Money(531690, Currency.Idr), new Money(531690.00m, Currency.Idr));

    [Fact]
    public void An_amount_that_the_ledger_cannot_hold_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Money(10_000_000_000_000_000m, Currency.Idr));

    [Theory]
    [InlineData("2.985", "USD", "2.99")]
    [InlineData("-2.985", "USD", "-2.99")]
    [InlineData("2.984999", "USD", "2.98")]
    [InlineData("0.5", "IDR", "1")]
    [InlineData("-0.5", "IDR", "-1")]
    [InlineData("58485.9", "IDR", "58486")]
    public void Half_is_rounded_away_from_zero(string amount, string code, string expected)
    {
        var money = Money.Rounded(decimal.Parse(amount), Currency.Parse(code));
        Assert.Equal($"{expected} {code}", money.ToString());
    }

    [Fact]
    public void Eleven_percent_tax_of_the_pro_price_is_rounded_once() =>
        Assert.Equal(new Money(52690, Currency.Idr), new Money(479000, Currency.Idr) * 0.11m);

    [Fact]
    public void The_decimals_of_the_currency_are_always_printed()
    {
        Assert.Equal("29.90 USD", new Money(29.9m, Currency.Usd).ToString());
        Assert.Equal("0.00 USD", Money.Zero(Currency.Usd).ToString());
        Assert.Equal("531690 IDR", new Money(531690.00m, Currency.Idr).ToString());
    }

    [Fact]
    public void Two_currencies_cannot_be_added_or_compared()
    {
        var dollars = new Money(1, Currency.Usd);
        var rupiah = new Money(1, Currency.Idr);
        Assert.Throws<InvalidOperationException>(() => dollars + rupiah);
        Assert.Throws<InvalidOperationException>(() => dollars - rupiah);
        Assert.Throws<InvalidOperationException>(() => dollars < rupiah);
    }

    [Fact]
    public void A_currency_that_was_never_set_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new Money(1, default));
        Assert.Throws<InvalidOperationException>(() => default(Currency).Code);
    }

    [Theory]
    [InlineData("EUR")]
    [InlineData("usd")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_currencies_are_refused_with_the_choice(string? code)
    {
        var refused = Assert.Throws<FormatException>(() => Currency.Parse(code));
        Assert.Contains("use USD or IDR", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_or_missing_weights_cannot_be_allocated()
    {
        var money = new Money(10, Currency.Idr);
        Assert.Throws<ArgumentException>(() => money.Allocate(1, -1));
        Assert.Throws<ArgumentException>(() => money.Allocate(0, 0));
        Assert.Throws<ArgumentException>(() => money.Allocate());
    }
}
