using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators.Telegram;

public sealed class UpdateTests
{
    const string SecretHeader = "X-Telegram-Bot-Api-Secret-Token";

    [Fact]
    public async Task Start_comes_into_the_webhook_with_payload_and_secret()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var messenger = await ListenAsync(webhook);

        await messenger.ControlAsync("chats/3003/start", new() { ["bot"] = "default", ["payload"] = "link_token-1" });

        var (body, headers) = Assert.Single(webhook.TakeAll());
        Assert.Equal("the-secret", headers[SecretHeader]);
        var message = body["message"]!;
        Assert.Equal(("/start link_token-1", "private", 3003L),
            ((string)message["text"]!, (string)message["chat"]!["type"]!, (long)message["chat"]!["id"]!));
        Assert.Equal("bot_command", (string?)message["entities"]![0]!["type"]);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await messenger.SendAsync("welcome", 3003)).Status);
    }

    [Fact]
    public async Task A_refused_update_comes_again_under_the_same_id()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var messenger = await ListenAsync(webhook);
        webhook.AnswerWith(500, 503);

        await messenger.ControlAsync("chats/1001/message", new() { ["bot"] = "default", ["text"] = "help" });

        int[] ids = [await NextIdAsync(), await NextIdAsync(), await NextIdAsync()];
        Assert.Single(ids.Distinct());

        async Task<int> NextIdAsync() => (int)(await webhook.NextAsync()).Body["update_id"]!;
    }

    [Fact]
    public async Task Blocking_is_told_as_a_membership_change()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var messenger = await ListenAsync(webhook);

        await messenger.ControlAsync("chats/1001/block", new() { ["bot"] = "default" });
        await messenger.ControlAsync("chats/1001/unblock", new() { ["bot"] = "default" });

        Assert.Equal(["kicked", "member"], webhook.TakeAll().Select(hook =>
            (string?)hook.Body["my_chat_member"]!["new_chat_member"]!["status"]));
    }

    [Fact]
    public async Task Only_the_wanted_kinds_of_update_are_sent()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var messenger = await ListenAsync(webhook, "message");

        await messenger.ControlAsync("chats/1001/block", new() { ["bot"] = "default" });
        await messenger.ControlAsync("chats/1001/contact", new() { ["bot"] = "default", ["phone"] = "+62811" });

        Assert.Equal("+62811", (string?)Assert.Single(webhook.TakeAll()).Body["message"]!["contact"]!["phone_number"]);
    }

    [Fact]
    public async Task Updates_wait_for_a_webhook()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var messenger = await Messenger.OpenAsync();
        await messenger.ControlAsync("chats/1001/message", new() { ["text"] = "early" });
        Assert.Equal(1, (int)(await messenger.CallAsync("getWebhookInfo", [])).Body["result"]!["pending_update_count"]!);

        await messenger.CallAsync("setWebhook", new() { ["url"] = webhook.Url });

        Assert.Equal("early", (string?)(await webhook.NextAsync()).Body["message"]!["text"]);
    }

    [Fact]
    public async Task A_secret_with_other_characters_is_refused()
    {
        await using var messenger = await Messenger.OpenAsync();

        var (_, body) = await messenger.CallAsync("setWebhook", new() { ["url"] = "https://example.com/", ["secret_token"] = "a b" });

        Assert.Equal("Bad Request: secret token contains unallowed characters", (string?)body["description"]);
    }

    static async Task<Messenger> ListenAsync(WebhookReceiver webhook, params string[] kinds)
    {
        var messenger = await Messenger.OpenAsync();
        var (_, body) = await messenger.CallAsync("setWebhook", new()
        {
            ["url"] = webhook.Url,
            ["secret_token"] = "the-secret",
            ["allowed_updates"] = new JsonArray([.. kinds.Select(kind => JsonValue.Create(kind))])
        });
        Assert.True((bool)body["ok"]!);
        return messenger;
    }
}
