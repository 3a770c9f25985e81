using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class RequestTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("abcd", "abcd")]
    [InlineData("abcde", "abcd")]
    [InlineData("ab\U0001F600", "ab\U0001F600")]
    [InlineData("abc\U0001F600", "abc")]
    [InlineData("abc\U0001F600d", "abc")]
    [InlineData("ab\U0001F600d", "ab\U0001F600")]
    public void A_text_is_cut_between_two_characters(string? text, string? expected) => Assert.Equal(expected, RequestText.Cut(text, 4));
}
