using System.Net;

namespace ServerlessBusiness.Tests.Unit.Simulators.Telegram;

public sealed class SendMessageTests
{
    [Fact]
    public async Task A_message_arrives_in_the_chat()
    {
        await using var messenger = await Messenger.OpenAsync();

        var (status, body) = await messenger.SendAsync("Payment received: Rp 332.889. Thank you! 💳");

        Assert.Equal((HttpStatusCode.OK, true), (status, (bool)body["ok"]!));
        Assert.True((int)body["result"]!["message_id"]! > 0);
        Assert.Equal(1001, (long)body["result"]!["chat"]!["id"]!);
        Assert.Equal(["Payment received: Rp 332.889. Thank you! 💳"], await messenger.TextsAsync(1001));
    }

    [Fact]
    public async Task A_form_is_understood_as_well()
    {
        await using var messenger = await Messenger.OpenAsync();
        using var response = await messenger.Http.PostAsync(
            new Uri(messenger.Simulator.BaseAddress, $"/bot{Messenger.Token}/sendMessage"),
            new FormUrlEncodedContent([new("chat_id", "1001"), new("text", "hello")]));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["hello"], await messenger.TextsAsync(1001));
    }

    [Theory]
    [InlineData("1000001:another-token", HttpStatusCode.Unauthorized)]
    [InlineData("no-colon", HttpStatusCode.NotFound)]
    public async Task An_unknown_token_is_refused(string token, HttpStatusCode expected)
    {
        await using var messenger = await Messenger.OpenAsync();

        var (status, body) = await messenger.CallAsync("getMe", [], token);

        Assert.Equal((expected, (int)expected, false), (status, (int)body["error_code"]!, (bool)body["ok"]!));
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_told_apart()
    {
        await using var messenger = await Messenger.OpenAsync();
        Assert.Equal((400, "Bad Request: chat not found"), Error((await messenger.SendAsync("hi", 404)).Body));

        await messenger.ControlAsync("chats", new() { ["chatId"] = 2002, ["bots"] = new System.Text.Json.Nodes.JsonArray("premium") });
        Assert.Equal((403, "Forbidden: bot can't initiate conversation with a user"), Error((await messenger.SendAsync("hi", 2002)).Body));

        await messenger.ControlAsync("chats/1001/block", new() { ["bot"] = "default" });
        Assert.Equal((403, "Forbidden: bot was blocked by the user"), Error((await messenger.SendAsync("hi")).Body));
        await messenger.ControlAsync("chats/1001/unblock", new() { ["bot"] = "default" });
        Assert.Equal(HttpStatusCode.OK, (await messenger.SendAsync("hi")).Status);

        await messenger.ControlAsync("chats/1001/deactivate", []);
        Assert.Equal((403, "Forbidden: user is deactivated"), Error((await messenger.SendAsync("hi")).Body));
    }

    [Theory]
    [InlineData("", "message text is empty")]
    [InlineData("<b></b>", "message text is empty")]
    [InlineData("<b>open", "can't parse entities: Can't find end tag corresponding to start tag \"b\"")]
    [InlineData("é<marquee>x</marquee>", "can't parse entities: Unsupported start tag \"marquee\" at byte offset 2")]
    [InlineData("<b><i>x</b></i>", "can't parse entities: Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"")]
    [InlineData("x</b>", "can't parse entities: Unexpected end tag at byte offset 1")]
    [InlineData("1 < 2", "can't parse entities: Unclosed start tag at byte offset 2")]
    public async Task Broken_markup_refuses_the_whole_message(string html, string reason)
    {
        await using var messenger = await Messenger.OpenAsync();

        Assert.Equal((400, $"Bad Request: {reason}"), Error((await messenger.SendAsync(html, parseMode: "Html")).Body));
        Assert.Empty(await messenger.TextsAsync(1001));
    }

    [Fact]
    public async Task The_length_counts_what_is_read_and_not_the_tags()
    {
        await using var messenger = await Messenger.OpenAsync();
        var longest = new string('x', 4_095) + "&amp;";

        Assert.Equal(HttpStatusCode.OK, (await messenger.SendAsync($"<b>{longest}</b>", parseMode: "HTML")).Status);
        var (_, tooLong) = await messenger.SendAsync($"<b>{longest}y</b>", parseMode: "HTML");
        Assert.Equal((400, "Bad Request: message is too long"), Error(tooLong));
    }

    [Theory]
    [InlineData("429", 429, 9)]
    [InlineData("403", 403, null)]
    [InlineData("400", 400, null)]
    [InlineData("500", 500, null)]
    public async Task A_planned_failure_happens_once(string mode, int code, int? retryAfter)
    {
        await using var messenger = await Messenger.OpenAsync();
        await messenger.ControlAsync("next", new() { ["botOrChat"] = "1001", ["mode"] = mode, ["retryAfter"] = 9 });

        var (status, body) = await messenger.SendAsync("hi");

        Assert.Equal((code, code), ((int)status, (int)body["error_code"]!));
        Assert.Equal(retryAfter, (int?)body["parameters"]?["retry_after"]);
        Assert.Equal(HttpStatusCode.OK, (await messenger.SendAsync("hi")).Status);
    }

    [Fact]
    public async Task A_bad_gateway_answers_html()
    {
        await using var messenger = await Messenger.OpenAsync();
        await messenger.ControlAsync("next", new() { ["botOrChat"] = "default", ["mode"] = "502html" });

        await Assert.ThrowsAnyAsync<System.Text.Json.JsonException>(() => messenger.SendAsync("hi"));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task After_a_cut_connection_the_message_may_have_arrived(bool delivered, int arrived)
    {
        await using var messenger = await Messenger.OpenAsync();
        await messenger.ControlAsync("next", new() { ["mode"] = "cut", ["delivered"] = delivered });

        await Assert.ThrowsAsync<HttpRequestException>(() => messenger.SendAsync("hi"));

        Assert.Equal(arrived, (await messenger.TextsAsync(1001)).Length);
    }

    [Fact]
    public async Task With_the_real_limits_a_chat_takes_a_short_burst_and_then_asks_to_wait()
    {
        await using var messenger = await Messenger.OpenAsync(options => options with { RealLimits = true });
        var answers = new List<int>();
        for (var count = 0; count < 8; count++)
            answers.Add((int)(await messenger.SendAsync("hi")).Status);

        Assert.Equal([200, 200, 200], answers.Take(3));
        Assert.Contains(429, answers);
    }

    static (int, string?) Error(System.Text.Json.Nodes.JsonObject body) => ((int)body["error_code"]!, (string?)body["description"]);
}
