using System.Text.Json;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class TimeWithOffsetTests
{
    [Theory]
    [InlineData("2026-03-05T00:10:00Z", "2026-03-05T00:10:00+00:00")]
    [InlineData("2026-03-05T00:10:00.123456+07:00", "2026-03-05T00:10:00.123456+07:00")]
    [InlineData("2026-03-05T00:10:00-03:30", "2026-03-05T00:10:00-03:30")]
    public void A_time_with_its_offset_is_read(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), JsonSerializer.Deserialize<DateTimeOffset>($"\"{text}\"", ApiJson.Options));

    [Theory]
    [InlineData("2026-03-05T00:10:00")]
    [InlineData("2026-03-05T00:10")]
    [InlineData("2026-03-05")]
    [InlineData("yesterday")]
    public void Without_one_it_is_refused_on_every_machine(string text) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset?>($"\"{text}\"", ApiJson.Options));

    [Fact]
    public void The_refusal_says_how_to_write_it()
    {
        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Window>("""{"from":"2026-03-05T00:10:00"}""", ApiJson.Options));

        var problem = RequestBody.Malformed(exception);
        Assert.Equal(("TIME_WITHOUT_OFFSET", 400), (problem.Code, problem.Status));
        Assert.Contains("'from'", problem.Message, StringComparison.Ordinal);
    }

    private sealed record Window(DateTimeOffset From);
}
