using System.Text;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using Telegram.Bot.Extensions;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

public sealed class TelegramSenderTests
{
    private const string Tail = "\n\n(Ref. AB12CD: sent again, ignore it if you have it already.)";

    [Theory]
    [InlineData(10)]
    [InlineData(3_950)]
    [InlineData(10_000)]
    public void However_long_the_text_is_what_follows_it_is_whole(int length)
    {
        var cut = TelegramSender.Cut($"<b>{new string('x', length)}</b>", Tail);

        Assert.EndsWith(Tail, cut);
        Assert.StartsWith("<b>x", cut);
        Assert.Contains("</b>", cut);
        Assert.InRange(HtmlText.PlainLength(cut), length < 100 ? 1 : 3_900, TelegramSender.LongestText);
    }

    [Theory]
    [InlineData("🚀", 2_040)]
    [InlineData("🚀", 10_000)]
    [InlineData("🚀&amp;", 3_000)]
    [InlineData("<b>🚀</b>x", 3_000)]
    public void However_an_emoji_is_counted_there_is_room_and_none_is_cut_in_two(string text, int times)
    {
        var cut = MarkupText.Strip(TelegramSender.Cut(string.Concat(Enumerable.Repeat(text, times)), Tail));

        Assert.EndsWith(Tail, cut);
        Assert.InRange(cut.Length, 3_900, TelegramSender.LongestText);
        Assert.DoesNotContain(Rune.ReplacementChar, cut.EnumerateRunes());
    }

    [Fact]
    public void What_has_room_is_not_cut() => Assert.Equal($"<b>news</b>{Tail}", TelegramSender.Cut("<b>news</b>", Tail));
}
