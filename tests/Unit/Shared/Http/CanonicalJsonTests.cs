using System.Text;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", """{ "b" : [1, 2], "a" : 1 }""", true)]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"y":2,"x":1}}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", false)]
    public void Equal_content_has_equal_bytes(string one, string two, bool equal)
    {
        Assert.Equal(equal, Of(one).AsSpan().SequenceEqual(Of(two)));
    }

    [Fact]
    public void What_is_not_JSON_stays_as_it_is()
    {
        Assert.Equal("not json"u8.ToArray(), Of("not json"));
    }

    private static byte[] Of(string text) => CanonicalJson.Of(Encoding.UTF8.GetBytes(text));
}
