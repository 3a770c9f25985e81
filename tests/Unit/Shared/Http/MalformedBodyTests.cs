using System.Text.Json;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class MalformedBodyTests
{
    [Theory]
    [InlineData("""{"price":{"amount":10.5,"currency":"IDR"}}""", "price", "10.5 is no amount of IDR: it takes at most 0 decimals and 9999999999999999.")]
    [InlineData("""{"price":{"amount":1e20,"currency":"USD"}}""", "price", "100000000000000000000 is no amount of USD: it takes at most 2 decimals and 9999999999999999.")]
    [InlineData("""{"price":{"amount":10,"currency":"EUR"}}""", "price", "A currency is one of \"USD\" and \"IDR\".")]
    [InlineData("""{"price":{"amount":"10","currency":"IDR"}}""", "price", "The amount of money is one JSON number.")]
    [InlineData("""{"price":{"amount":10}}""", "price", "Money needs both \"amount\" and \"currency\".")]
    [InlineData("""{"price":{"amount":10,"currency":"IDR","vat":1}}""", "price", "Money has only the members \"amount\" and \"currency\", once each.")]
    [InlineData("""{"price":10}""", "price", "Money is an object with the members \"amount\" and \"currency\".")]
    public void What_is_wrong_with_money_is_said_of_its_member(string body, string field, string sentence)
    {
        var problem = RequestBody.Malformed(Refused(body));

        Assert.Equal((400, "INVALID_VALUE"), (problem.Status, problem.Code));
        Assert.Equal([sentence], problem.Errors![field]);
    }

    [Theory]
    [InlineData("""{"price":}""")]
    [InlineData("""{"price":{"amount":10,,}}""")]
    [InlineData("""{"price":{"amount":10,"currency":"IDR"}""")]
    public void What_is_no_JSON_is_said_of_the_body(string body)
    {
        var problem = RequestBody.Malformed(Refused(body));

        Assert.Equal((400, "INVALID_JSON"), (problem.Status, problem.Code));
        Assert.StartsWith("The body is not valid JSON (line 1, byte ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"amount":1}""", "active,locale")]
    [InlineData("""{"amount":1,"active":true}""", "locale")]
    [InlineData("""{"active":true,"locale":"id","inner":{"active":true}}""", "inner.locale")]
    public void What_is_missing_is_named(string body, string fields)
    {
        var problem = RequestBody.Malformed(Refused<Choice>(body));

        Assert.Equal((400, "VALIDATION_FAILED"), (problem.Status, problem.Code));
        Assert.Equal(fields.Split(','), problem.Errors!.Keys.Order());
        Assert.All(problem.Errors.Values, sentences => Assert.Equal(["This member is required."], sentences));
    }

    private static JsonException Refused(string body) => Refused<Offer>(body);

    private static JsonException Refused<T>(string body) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<T>(body, ApiJson.Options));

    private sealed record Offer(Money Price);

    private sealed record Choice
    {
        public required bool Active { get; init; }
        public required string Locale { get; init; }
        public int Amount { get; init; }
        public Choice? Inner { get; init; }
    }
}
