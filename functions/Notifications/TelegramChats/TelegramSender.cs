using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Templates;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Extensions;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Sends one message to one chat and says what became of it.</summary>
public sealed partial class TelegramSender(TelegramBots bots, TelegramPause pause, TimeProvider time, ILogger<TelegramSender> logger)
{
    // Telegram takes 4,096 and does not say whether an emoji is one of them or two. Here it is two, as in a string.
    internal const int LongestText = 4_000;
    private const string End = "…";

    // Somewhat less than the limit on connecting: what fails sooner keeps no place from others.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(4);

    /// <param name="bot">The bot that writes.</param>
    /// <param name="chat">The chat it writes to.</param>
    /// <param name="html">The text; what is too long is cut.</param>
    /// <param name="tail">What follows the text and is never cut.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<SendOutcome> SendAsync(string bot, long chat, string html, string tail, CancellationToken cancellationToken) =>
        SendWholeAsync(bot, chat, Cut(html, tail), markup: null, cancellationToken);

    public Task<SendOutcome> SendAsync(string bot, long chat, string html, ReplyMarkup? markup, CancellationToken cancellationToken) =>
        SendWholeAsync(bot, chat, Cut(html, tail: ""), markup, cancellationToken);

    internal static string Cut(string html, string tail)
    {
        var most = LongestText - tail.Length;
        // Nearly always; without its markup it is shorter still.
        if (html.Length <= most)
            return html + tail;
        var text = html;
        // The library cuts at a number of characters, of which an emoji is one.
        for (var room = most; Length(text) > most; room -= Math.Max(1, (Length(text) - most + 1) / 2))
            text = WithoutHalf(HtmlText.Truncate(html, room, End));
        return text + tail;

        static int Length(string html) => MarkupText.Strip(html).Length;
    }

    // It cuts through an emoji that is the last to have room.
    private static string WithoutHalf(string cut) =>
        cut.LastIndexOf(End, StringComparison.Ordinal) is > 0 and var end && char.IsHighSurrogate(cut[end - 1]) ? cut.Remove(end - 1, 1) : cut;

    private async Task<SendOutcome> SendWholeAsync(string bot, long chat, string text, ReplyMarkup? markup, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var outcome = await CallAsync(bot, chat, text, markup, cancellationToken);
        if (outcome is SendOutcome.Unknown or SendOutcome.NeverSent && time.GetElapsedTime(begun) >= Slow)
            pause.Begin(begun);
        else
            pause.End();
        return outcome;
    }

    private async Task<SendOutcome> CallAsync(string bot, long chat, string text, ReplyMarkup? markup, CancellationToken cancellationToken)
    {
        var client = bots.Get(bot).Client;
        try
        {
            var message = await client.SendMessage(chat, text, ParseMode.Html, replyMarkup: markup, cancellationToken: cancellationToken);
            return Sent(message.Id);
        }
        catch (ApiRequestException refusal) when (TelegramFailure.IsBrokenMarkup(refusal))
        {
            LogBrokenMarkup(bot, refusal.Message);
            return await SendPlainAsync(client, chat, MarkupText.Strip(text), markup, cancellationToken);
        }
        catch (RequestException exception)
        {
            return TelegramFailure.Read(exception);
        }
    }

    // Our own markup is at fault: the reader gets the words, once and without it.
    private static async Task<SendOutcome> SendPlainAsync(
        ITelegramBotClient client, long chat, string text, ReplyMarkup? markup, CancellationToken cancellationToken)
    {
        try
        {
            return Sent((await client.SendMessage(chat, text, replyMarkup: markup, cancellationToken: cancellationToken)).Id);
        }
        catch (RequestException exception)
        {
            return TelegramFailure.Read(exception);
        }
    }

    private static SendOutcome.Sent Sent(int message) => new(message.ToString(CultureInfo.InvariantCulture));

    [LoggerMessage(LogLevel.Error, "The markup of a text for the bot {Bot} is broken, it was sent without: {Reason}")]
    private partial void LogBrokenMarkup(string bot, string reason);
}
