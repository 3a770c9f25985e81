using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>The three bots and the ways to and from Telegram (settings TELEGRAM_*).</summary>
public sealed record TelegramOptions
{
    /// <summary>The Bot API itself.</summary>
    public const string Telegram = "https://api.telegram.org";

    private const string TokenForm = @"^\d{1,20}:[A-Za-z0-9_-]{3,100}\z";
    private const string TokenRule = "It is a bot's token as BotFather gives it: digits, a colon and a secret.";
    private const string UsernameForm = @"^[A-Za-z0-9_]{5,32}\z";

    // A secret copied with a blank around it would be part of every address.
    [Required, RegularExpression(TokenForm, ErrorMessage = TokenRule)]
    [ConfigurationKeyName("TELEGRAM_BOT_TOKEN_DEFAULT")]
    public string DefaultToken { get; init => field = value.Trim(); } = "";

    [Required, RegularExpression(TokenForm, ErrorMessage = TokenRule)]
    [ConfigurationKeyName("TELEGRAM_BOT_TOKEN_PREMIUM")]
    public string PremiumToken { get; init => field = value.Trim(); } = "";

    [Required, RegularExpression(TokenForm, ErrorMessage = TokenRule)]
    [ConfigurationKeyName("TELEGRAM_BOT_TOKEN_ENTERPRISE")]
    public string EnterpriseToken { get; init => field = value.Trim(); } = "";

    [Required, RegularExpression(UsernameForm)]
    [ConfigurationKeyName("TELEGRAM_BOT_USERNAME_DEFAULT")]
    public string DefaultUsername { get; init; } = "ai_trading_default_bot";

    [Required, RegularExpression(UsernameForm)]
    [ConfigurationKeyName("TELEGRAM_BOT_USERNAME_PREMIUM")]
    public string PremiumUsername { get; init; } = "ai_trading_premium_bot";

    [Required, RegularExpression(UsernameForm)]
    [ConfigurationKeyName("TELEGRAM_BOT_USERNAME_ENTERPRISE")]
    public string EnterpriseUsername { get; init; } = "ai_trading_enterprise_bot";

    /// <summary>Where Telegram reaches our webhook function, up to the bot's name; without it no webhook is registered.</summary>
    [Url]
    [ConfigurationKeyName("TELEGRAM_WEBHOOK_URL")]
    public string? WebhookUrl { get; init; }

    /// <summary>Another server that speaks the Bot API; without it Telegram's own.</summary>
    [Url]
    [ConfigurationKeyName("TELEGRAM_API_URL")]
    public string? ApiUrl { get; init; }
}
