using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Auth;
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

    [Theory]
    [InlineData(10, null, typeof(SendOutcome.Unknown), true)]
    [InlineData(1, null, typeof(SendOutcome.Unknown), false)]
    [InlineData(10, """{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}""", typeof(SendOutcome.RecipientGone), false)]
    [InlineData(10, """{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":1001,"type":"private"}}}""", typeof(SendOutcome.Sent), false)]
    public async Task A_call_that_waited_long_for_no_answer_begins_a_pause(int seconds, string? answer, Type outcome, bool isPaused)
    {
        var time = new FakeTimeProvider();
        var pause = new TelegramPause(time);
        var bots = new TelegramBots(
            Options.Create(new TelegramOptions { DefaultToken = "1:secret", PremiumToken = "2:secret", EnterpriseToken = "3:secret" }),
            Options.Create(new TokenOptions { Secret = new string('s', 40) }), new Clients(new Line(time, TimeSpan.FromSeconds(seconds), answer)));
        var sender = new TelegramSender(bots, pause, time, NullLogger<TelegramSender>.Instance);

        Assert.IsType(outcome, await sender.SendAsync(TelegramBot.Default, 1001, "news", tail: "", CancellationToken.None));
        Assert.Equal(isPaused, pause.Left is not null);
    }

    [Fact]
    public void What_has_room_is_not_cut() => Assert.Equal($"<b>news</b>{Tail}", TelegramSender.Cut("<b>news</b>", Tail));

    private sealed class Clients(HttpMessageHandler line) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(line, disposeHandler: false);
    }

    // Takes its time, and then answers or breaks off.
    private sealed class Line(FakeTimeProvider time, TimeSpan wait, string? answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            time.Advance(wait);
            return answer is null
                ? throw new HttpRequestException("The line is dead.")
                : Task.FromResult(new HttpResponseMessage(answer.Contains("403") ? HttpStatusCode.Forbidden : HttpStatusCode.OK)
                {
                    Content = new StringContent(answer, Encoding.UTF8, "application/json"),
                });
        }
    }
}
