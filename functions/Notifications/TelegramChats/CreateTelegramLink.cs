using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>A link that opens the bot in Telegram and ties the chat to the user; good once, for ten minutes.</summary>
public sealed record TelegramLinkView(string Url, DateTimeOffset ExpiresAt);

/// <summary>Makes a start link to the bot that the user should have.</summary>
public sealed class CreateTelegramLink(LinkTokenStore tokens, PreferenceStore preferences, TelegramBots bots, TimeProvider time)
{
    public async Task<TelegramLinkView> RunAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = await preferences.FindAsync(tenant, user, cancellationToken);
        var bot = bots.Get(known?.BotAssignment ?? TelegramBot.Default);
        var token = LinkToken.Create();
        await tokens.InsertAsync(tenant, LinkToken.Hash(token), user, bot.Key, now, now + LinkToken.Life, cancellationToken);
        return new TelegramLinkView($"https://t.me/{bot.Username}?start={token}", now + LinkToken.Life);
    }
}
