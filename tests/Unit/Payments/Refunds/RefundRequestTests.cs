using System.Text;
using ServerlessBusiness.Payments.Refunds;

namespace ServerlessBusiness.Tests.Unit.Payments.Refunds;

public sealed class RefundRequestTests
{
    private const string Body = """{"amount":{"amount":100000,"currency":"IDR"},"reason":"x"}""";

    [Fact]
    public void A_repeated_request_has_the_same_refund_key_whatever_the_order_of_its_members()
    {
        var key = KeyOf("key", "user 1", Body);

        Assert.Equal(key, KeyOf("key", "user 1", """{ "reason": "x", "amount": {"currency":"IDR","amount":100000} }"""));
        Assert.Matches("^[A-Za-z0-9_-]{1,64}$", key);
    }

    [Theory]
    [InlineData("other", "user 1", Body)]
    [InlineData("key", "user 2", Body)]
    [InlineData("key", "user 1", """{"reason":"x"}""")]
    public void Another_request_has_another_one(string idempotencyKey, string actor, string body) =>
        Assert.NotEqual(KeyOf("key", "user 1", Body), KeyOf(idempotencyKey, actor, body));

    private static string KeyOf(string idempotencyKey, string actor, string body) =>
        RefundRequest.RepeatKey(idempotencyKey, actor, Encoding.UTF8.GetBytes(body));
}
