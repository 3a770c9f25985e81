using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Ties a chat to the user whose start link was pressed in it.</summary>
public sealed class LinkChat(
    Database database, LinkTokenStore tokens, TelegramLinkStore links, PreferenceStore preferences, Announce announce, HandOverBot handOver, TimeProvider time)
{
    /// <summary>False when the token is unknown, used, expired or another bot's; the chat learns no more than that.</summary>
    public async Task<bool> RunAsync(string bot, long chat, string token, UpdateMoment told, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = LinkToken.Hash(token);
        if (await tokens.FindTenantAcrossTenantsAsync(hash, cancellationToken) is not { } tenant)
            return false;

        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await tokens.ConsumeAsync(transaction, hash, bot, now, cancellationToken) is not { } user)
            return false;

        var occasion = Convert.ToHexString(hash);
        if (await links.LinkAsync(transaction, user, bot, chat, told, now, cancellationToken))
        {
            await transaction.PublishAsync(new TelegramLinked(user, bot), now, cancellationToken);
            await announce.RunAsync(
                transaction,
                new Announcement(user, TemplateCatalog.TelegramLinked, $"{nameof(TelegramLinked)}:{occasion}", new Dictionary<string, TemplateValue>()),
                now,
                cancellationToken);
            // His tier may have changed between the link's making and its press, when there was no chat yet to tell him in.
            if (await preferences.FindBotAsync(transaction, user, cancellationToken) is { } desired)
                await handOver.RunAsync(transaction, user, desired, occasion, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
