using ServerlessBusiness.Notifications.Deliveries;
using Telegram.Bot.Exceptions;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>What a failed call to Telegram means. Its texts are no contract: the code counts first, then a fragment.</summary>
internal static class TelegramFailure
{
    private static readonly TimeSpan UnnamedWait = TimeSpan.FromSeconds(5);

    public static SendOutcome Read(RequestException exception) => exception switch
    {
        ApiRequestException refusal => Read(refusal),
        { InnerException: HttpRequestException { HttpRequestError: var error } } when HasNotLeft(error) => new SendOutcome.NeverSent("Telegram could not be reached."),
        _ => new SendOutcome.Unknown("The connection to Telegram ended before its answer."),
    };

    public static bool IsBrokenMarkup(ApiRequestException refusal) => refusal.ErrorCode == 400 && Says(refusal, "can't parse entities");

    private static SendOutcome Read(ApiRequestException refusal)
    {
        var reason = $"Telegram answered {refusal.ErrorCode}: {refusal.Message}";
        return refusal.ErrorCode switch
        {
            429 => new SendOutcome.Throttled(refusal.Parameters?.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : UnnamedWait, reason),
            403 when Says(refusal, "deactivated") => new SendOutcome.RecipientGone(reason, ForGood: true),
            403 => new SendOutcome.RecipientGone(reason),
            400 when Says(refusal, "chat not found") => new SendOutcome.RecipientGone(reason),
            // The bot's token was revoked: no message is at fault, and none uses up its attempts.
            401 or 404 => new SendOutcome.SenderRefused(reason),
            >= 500 => new SendOutcome.Unknown(reason),
            _ => new SendOutcome.Rejected(reason),
        };
    }

    private static bool HasNotLeft(HttpRequestError error) => error is
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static bool Says(ApiRequestException refusal, string fragment) => refusal.Message.Contains(fragment, StringComparison.OrdinalIgnoreCase);
}
