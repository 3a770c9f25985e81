using System.Text;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class RequestKeyTests
{
    private const string Body = """{"amount":{"amount":100000,"currency":"IDR"},"reason":"x"}""";

    [Fact]
    public void A_repeated_request_has_the_same_name_whatever_the_order_of_its_members()
    {
        var name = NameOf("key", "user 1", "/v1/refunds", Body);

        Assert.Equal(name, NameOf("key", "user 1", "/v1/refunds", """{ "reason": "x", "amount": {"currency":"IDR","amount":100000} }"""));
        // As a refund's key and, behind "repeat:", as a notification's.
        Assert.Matches("^[A-Za-z0-9_-]{1,64}$", name);
    }

    [Theory]
    [InlineData("other", "user 1", "/v1/refunds", Body)]
    [InlineData("key", "user 2", "/v1/refunds", Body)]
    [InlineData("key", "user 1", "/v1/credits", Body)]
    [InlineData("key", "user 1", "/v1/refunds", """{"reason":"x"}""")]
    public void Another_request_has_another_one(string idempotencyKey, string actor, string path, string body) =>
        Assert.NotEqual(NameOf("key", "user 1", "/v1/refunds", Body), NameOf(idempotencyKey, actor, path, body));

    private static string NameOf(string idempotencyKey, string actor, string path, string body) =>
        RequestKey.Of(idempotencyKey, actor, path, Encoding.UTF8.GetBytes(body)).Name;
}
