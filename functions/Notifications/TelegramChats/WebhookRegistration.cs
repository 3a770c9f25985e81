using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types.Enums;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Tells Telegram where the bots' updates go, beside the start and as often as it takes.</summary>
public sealed partial class WebhookRegistration(TelegramBots bots, IOptions<TelegramOptions> options, TimeProvider time, ILogger<WebhookRegistration> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.WebhookUrl is not { Length: > 0 } address)
            return;

        var waiting = bots.All.ToList();
        for (var pause = FirstPause; !stoppingToken.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            foreach (var bot in waiting.ToArray())
                if (await RegisterAsync(bot, address, stoppingToken))
                    waiting.Remove(bot);
            if (waiting.Count == 0)
                return;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> RegisterAsync(TelegramBot bot, string address, CancellationToken cancellationToken)
    {
        try
        {
            await bot.Client.SetWebhook(
                $"{address.TrimEnd('/')}/{bot.Key}", allowedUpdates: [UpdateType.Message, UpdateType.MyChatMember], secretToken: bot.WebhookSecret,
                cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestException exception)
        {
            LogRefused(bot.Key, exception.Message);
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The webhook of the bot {Bot} could not be registered and is tried again: {Reason}")]
    private partial void LogRefused(string bot, string reason);
}
