using System.Text.Json;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Shared.Finance;

public sealed class MoneyJsonTests
{
    [Fact]
    public void Money_is_an_object_with_a_number_and_a_code()
    {
        Assert.Equal("""{"amount":531690,"currency":"IDR"}""", JsonSerializer.Serialize(new Money(531690, Currency.Idr)));
        Assert.Equal("""{"amount":29.90,"currency":"USD"}""", JsonSerializer.Serialize(new Money(29.9m, Currency.Usd)));
    }

    [Theory]
    [InlineData("""531690""")]
    [InlineData("""{"amount":"531690","currency":"IDR"}""")]
    [InlineData("""{"amount":531690}""")]
    [InlineData("""{"currency":"IDR"}""")]
    [InlineData("""{"amount":531690.5,"currency":"IDR"}""")]
    [InlineData("""{"amount":1e40,"currency":"IDR"}""")]
    [InlineData("""{"amount":1,"currency":"EUR"}""")]
    [InlineData("""{"amount":1,"currency":7}""")]
    [InlineData("""{"amount":1,"currency":"IDR","vat":1}""")]
    [InlineData("""{"amount":1,"currency":"IDR","amount":2}""")]
    public void Anything_else_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Money>(json));

    [Fact]
    public void The_order_of_the_members_does_not_matter() =>
        Assert.Equal(new Money(5, Currency.Idr), JsonSerializer.Deserialize<Money>("""{"currency":"IDR","amount":5}"""));
}
