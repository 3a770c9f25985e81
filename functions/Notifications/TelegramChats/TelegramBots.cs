using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using Telegram.Bot;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>One of our bots: its short key in addresses and tables, its public name, its client and the secret of its webhook.</summary>
public sealed record TelegramBot(string Key, string Username, ITelegramBotClient Client, string WebhookSecret)
{
    public const string Default = "default";
    public const string Premium = "premium";
    public const string Enterprise = "enterprise";

    /// <summary>Whether this is the webhook's secret, in a time that tells nothing about it.</summary>
    public bool IsSecret(string? claimed) =>
        claimed is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(claimed), Encoding.UTF8.GetBytes(WebhookSecret));

    // A record would print the secret.
    public override string ToString() => Key;
}

/// <summary>The bots by their key; a client is made once and shared by all senders.</summary>
public sealed class TelegramBots
{
    public const string HttpClientName = "telegram";

    private readonly IReadOnlyDictionary<string, TelegramBot> bots;

    public TelegramBots(IOptions<TelegramOptions> options, IOptions<TokenOptions> tokens, IHttpClientFactory clients)
    {
        var telegram = options.Value;
        bots = new[]
        {
            Create(TelegramBot.Default, telegram.DefaultUsername, telegram.DefaultToken),
            Create(TelegramBot.Premium, telegram.PremiumUsername, telegram.PremiumToken),
            Create(TelegramBot.Enterprise, telegram.EnterpriseUsername, telegram.EnterpriseToken),
        }.ToDictionary(bot => bot.Key);

        TelegramBot Create(string key, string username, string token)
        {
            // The library would wait inside the call; a throttled message goes back to its queue instead.
            var settings = new TelegramBotClientOptions(token, telegram.ApiUrl) { RetryThreshold = 0 };
            var secret = Base64Url.EncodeToString(tokens.Value.DeriveKey($"telegram-webhook:{key}"));
            return new TelegramBot(key, username, new TelegramBotClient(settings, clients.CreateClient(HttpClientName)), secret);
        }
    }

    public IEnumerable<TelegramBot> All => bots.Values;

    public TelegramBot? Find(string key) => bots.GetValueOrDefault(key);

    /// <exception cref="ArgumentException">There is no such bot.</exception>
    public TelegramBot Get(string key) => Find(key) ?? throw new ArgumentException($"There is no bot '{key}'.", nameof(key));
}
