using System.Text.Json;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class EnumNamesTests
{
    public enum Cycle
    {
        Monthly,
        Yearly,
        EveryTenYears,
    }

    public sealed record Order(Cycle Cycle, Cycle? Other = null);

    [Theory]
    [InlineData("\"monthly\"", Cycle.Monthly)]
    [InlineData("\"everyTenYears\"", Cycle.EveryTenYears)]
    public void Its_name_is_taken(string json, Cycle expected) => Assert.Equal(expected, Read(json).Cycle);

    [Theory]
    [InlineData("\"monthly, yearly\"")]
    [InlineData("\"monthly,monthly\"")]
    [InlineData("\"MONTHLY\"")]
    [InlineData("\"Monthly\"")]
    [InlineData("\" monthly\"")]
    [InlineData("\"1\"")]
    [InlineData("1")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("\"daily\"")]
    public void Nothing_else_is(string json)
    {
        var refusal = Assert.Throws<JsonException>(() => Read(json));

        Assert.Contains("could not be converted", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("$.cycle", refusal.Path);
    }

    [Fact]
    public void An_enum_that_may_be_missing_may_be_null() => Assert.Null(Read("\"yearly\",\"other\":null").Other);

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (var cycle in Enum.GetValues<Cycle>())
        {
            var order = new Order(cycle, cycle);
            Assert.Equal(order, JsonSerializer.Deserialize<Order>(JsonSerializer.Serialize(order, ApiJson.Options), ApiJson.Options));
            var counts = new Dictionary<Cycle, int> { [cycle] = 1 };
            Assert.Equal(counts, JsonSerializer.Deserialize<Dictionary<Cycle, int>>(JsonSerializer.Serialize(counts, ApiJson.Options), ApiJson.Options));
        }
    }

    private static Order Read(string cycle) => JsonSerializer.Deserialize<Order>($$"""{"cycle":{{cycle}}}""", ApiJson.Options)!;
}
