using System.Text;
using System.Text.Json;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Problems;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

public sealed class ChatCommandTests
{
    [Theory]
    [InlineData("/start", "/start", null)]
    [InlineData("/start abc_-1", "/start", "abc_-1")]
    [InlineData("/start@ai_trading_default_bot abc", "/start", "abc")]
    [InlineData("/start   abc ", "/start", "abc")]
    [InlineData("/STOP", "/stop", null)]
    [InlineData("/settings", "/settings", null)]
    public void A_command_in_a_private_chat_is_read(string text, string name, string? argument)
    {
        Assert.Equal(
            new ChatCommand(1001, name, argument, Language: null, new UpdateMoment(DateTimeOffset.UnixEpoch.AddSeconds(1), 1)),
            ChatCommand.Read(Message(text, "private")));
    }

    [Theory]
    [InlineData("/start abc", "group")]
    [InlineData("/start abc", "supergroup")]
    [InlineData("hello", "private")]
    [InlineData("", "private")]
    public void Anything_else_is_no_command(string text, string chat)
    {
        Assert.Null(ChatCommand.Read(Message(text, chat)));
    }

    [Theory]
    [InlineData("""{"update_id":1}""")]
    [InlineData("""{"update_id":1,"brand_new_kind":{"a":1}}""")]
    [InlineData("""{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":1,"type":"private"}}}""")]
    public void An_update_without_a_text_is_no_command_and_no_change(string update)
    {
        Assert.Null(ChatCommand.Read(Read(update)));
        Assert.Null(MembershipChange.Read(Read(update)));
    }

    [Theory]
    [InlineData("kicked", "private", true)]
    [InlineData("member", "private", false)]
    [InlineData("kicked", "group", null)]
    [InlineData("a_new_status", "private", null)]
    public void Blocking_and_letting_in_again_are_read(string status, string chat, bool? isBlocked)
    {
        const string update = """
            {"update_id":1,"my_chat_member":{"chat":{"id":1001,"type":"CHAT"},"from":{"id":1001,"is_bot":false,"first_name":"B"},"date":1,
             "old_chat_member":{"user":{"id":5,"is_bot":true,"first_name":"b"},"status":"member"},
             "new_chat_member":{"user":{"id":5,"is_bot":true,"first_name":"b"},"status":"STATUS","until_date":0}}}
            """;
        var change = MembershipChange.Read(Read(update.Replace("CHAT", chat).Replace("STATUS", status)));

        Assert.Equal(isBlocked, change?.IsBlocked);
        Assert.Equal(isBlocked is null ? (UpdateMoment?)null : new UpdateMoment(DateTimeOffset.UnixEpoch.AddSeconds(1), 1), change?.Told);
    }

    private static Update Message(string text, string chat) => Read(
        $$$$"""{"update_id":1,"message":{"message_id":5,"date":1,"text":{{{{JsonSerializer.Serialize(text)}}}},"chat":{"id":1001,"type":"{{{{chat}}}}"}}}""");

    [Theory]
    [InlineData("{\"update_id\":")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"update_id\":7,\"message\":")]
    public void What_is_no_update_is_refused(string body)
    {
        Assert.Throws<ProblemException>(() => Read(body));
    }

    // The library tells no time after the year 9999.
    [Theory]
    [InlineData("99999999999999")]
    [InlineData("\"tomorrow\"")]
    public void An_update_of_a_time_that_cannot_be_told_is_taken_and_says_nothing(string date)
    {
        var update = Read($$$$"""{"update_id":7,"message":{"message_id":5,"date":{{{{date}}}},"text":"/stop","chat":{"id":1001,"type":"private"}}}""");

        Assert.Equal(7, update.Id);
        Assert.Null(ChatCommand.Read(update));
    }

    private static Update Read(string json) => UpdateBody.Read(Encoding.UTF8.GetBytes(json));
}
