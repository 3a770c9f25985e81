using System.Globalization;
using ServerlessBusiness.Notifications.Deliveries;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Sends one message to one chat and says what became of it.</summary>
public sealed class TelegramSender(TelegramBots bots)
{
    public async Task<SendOutcome> SendAsync(string bot, long chat, string html, CancellationToken cancellationToken)
    {
        try
        {
            var message = await bots.Get(bot).Client.SendMessage(chat, html, ParseMode.Html, cancellationToken: cancellationToken);
            return new SendOutcome.Sent(message.Id.ToString(CultureInfo.InvariantCulture));
        }
        catch (RequestException exception)
        {
            return TelegramFailure.Read(exception);
        }
    }
}
