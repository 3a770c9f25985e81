using System.Text;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Runtime.Messages;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class MessageBindingTests
{
    private static readonly ReceivedMessage Message = new(
        "orders", 7, "m-7", "OrderPlaced", """{"name":"Ayu","age":30}""", null, new Dictionary<string, string> { ["a"] = "b" }, 3,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Guid.Empty, TimeSpan.FromSeconds(30), null, null);

    [Theory]
    [InlineData("messageid", "m-7")]
    [InlineData("DeliveryCount", "3")]
    [InlineData("SequenceNumber", "7")]
    [InlineData("Subject", "OrderPlaced")]
    [InlineData("EnqueuedTimeUtc", "\"2026-01-02T03:04:05Z\"")]
    [InlineData("ApplicationProperties", """{"a":"b"}""")]
    public void Every_value_is_text_or_json_text(string key, string expected)
    {
        Assert.Equal(expected, MessageBindings.Of(Message).BindingData[key]);
    }

    [Fact]
    public void What_a_message_does_not_have_is_absent()
    {
        Assert.False(MessageBindings.Of(Message).BindingData.ContainsKey("CorrelationId"));
    }

    [Fact]
    public void A_batch_has_arrays()
    {
        var data = MessageBindings.Of([Message, Message with { MessageId = "m-8" }]).BindingData;

        Assert.Equal("""["m-7","m-8"]""", data["MessageIdArray"]);
        Assert.Equal("[3,3]", data["DeliveryCountArray"]);
    }

    [Fact]
    public void A_dead_letter_tells_its_reason_in_its_properties()
    {
        var data = MessageBindings.Of(Message with { DeadLetterReason = "Bad" }).BindingData;

        Assert.Contains("\"DeadLetterReason\":\"Bad\"", (string)data["ApplicationProperties"]!);
    }

    [Fact]
    public void The_body_becomes_what_the_function_takes()
    {
        Assert.Equal(Message.Body, MessageBody.To(Message.Body, typeof(string)));
        Assert.Equal(Encoding.UTF8.GetBytes(Message.Body), MessageBody.To(Message.Body, typeof(byte[])));
        Assert.Equal(new PersonSample("Ayu", 30), MessageBody.To(Message.Body, typeof(PersonSample)));
        Assert.Equal([new PersonSample("Ayu", 30)], (PersonSample[])MessageBody.ToArray([Message], typeof(PersonSample[])));
    }
}
