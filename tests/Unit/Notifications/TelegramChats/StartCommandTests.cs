using System.Text.Json;
using ServerlessBusiness.Notifications.TelegramChats;
using Telegram.Bot;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

public sealed class StartCommandTests
{
    [Theory]
    [InlineData("/start", null)]
    [InlineData("/start abc_-1", "abc_-1")]
    [InlineData("/start@ai_trading_default_bot abc", "abc")]
    [InlineData("/start   abc ", "abc")]
    public void A_start_in_a_private_chat_is_read(string text, string? token)
    {
        Assert.Equal(new StartCommand(1001, token), StartCommand.Read(Message(text, "private")));
    }

    [Theory]
    [InlineData("/start abc", "group")]
    [InlineData("/start abc", "supergroup")]
    [InlineData("/started abc", "private")]
    [InlineData("hello", "private")]
    [InlineData("", "private")]
    public void Anything_else_is_no_start(string text, string chat)
    {
        Assert.Null(StartCommand.Read(Message(text, chat)));
    }

    [Theory]
    [InlineData("""{"update_id":1}""")]
    [InlineData("""{"update_id":1,"brand_new_kind":{"a":1}}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":1,"type":"private"}}}""")]
    public void An_update_without_a_text_is_no_start(string update)
    {
        Assert.Null(StartCommand.Read(Read(update)));
    }

    private static Update Message(string text, string chat) => Read(
        $$$$"""{"update_id":1,"message":{"message_id":5,"date":1,"text":{{{{JsonSerializer.Serialize(text)}}}},"chat":{"id":1001,"type":"{{{{chat}}}}"}}}""");

    private static Update Read(string json) => JsonSerializer.Deserialize<Update>(json, JsonBotAPI.Options)!;
}
