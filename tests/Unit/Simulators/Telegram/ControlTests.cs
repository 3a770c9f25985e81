using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators.Telegram;

public sealed class ControlTests
{
    [Fact]
    public async Task A_revoked_token_is_refused_until_it_is_restored_and_the_other_bot_goes_on()
    {
        await using var messenger = await Messenger.OpenAsync();
        await messenger.ControlAsync("bots/default/revoke", []);

        Assert.Equal(HttpStatusCode.Unauthorized, (await messenger.SendAsync("hello")).Status);
        Assert.Equal(HttpStatusCode.OK, (await messenger.CallAsync("getMe", [], "1000002:premium-token")).Status);
        await messenger.ControlAsync("bots/default/restore", []);
        Assert.Equal(HttpStatusCode.OK, (await messenger.SendAsync("hello")).Status);
    }

    [Fact]
    public async Task Calls_are_counted_by_what_they_were_answered()
    {
        await using var messenger = await Messenger.OpenAsync();
        await messenger.SendAsync("one");
        await messenger.SendAsync("two");
        await messenger.SendAsync("nobody", chatId: 7);
        await messenger.ControlAsync("next", new JsonObject { ["mode"] = "429" });
        await messenger.SendAsync("three");

        var count = JsonNode.Parse(await messenger.Http.GetStringAsync("control/counts"))!.AsArray()[0]!;
        Assert.Equal(("default", 2), ((string)count["bot"]!, (int)count["sent"]!));
        Assert.Equal((1, 1), ((int)count["refused"]!["400"]!, (int)count["refused"]!["429"]!));
    }

    [Fact]
    public async Task Telegrams_limits_can_be_switched_on_and_off()
    {
        await using var messenger = await Messenger.OpenAsync();
        await messenger.ControlAsync("chats/range", new JsonObject { ["first"] = 2_000, ["count"] = 2 });
        await messenger.ControlAsync("limits", new JsonObject { ["real"] = true });
        var limited = new List<HttpStatusCode>();
        for (var message = 0; message < 6; message++)
            limited.Add((await messenger.SendAsync("hello", chatId: 2_000)).Status);
        await messenger.ControlAsync("limits", new JsonObject { ["real"] = false });

        Assert.Contains(HttpStatusCode.TooManyRequests, limited);
        Assert.Equal(HttpStatusCode.OK, (await messenger.SendAsync("hello", chatId: 2_001)).Status);
        Assert.Equal(HttpStatusCode.OK, (await messenger.SendAsync("hello", chatId: 2_000)).Status);
    }
}
