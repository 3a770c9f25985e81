using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Hands the start link of the bot that a user should have to who has started only another one.</summary>
public sealed class HandOverBot(TelegramLinkStore links, Announce announce)
{
    /// <param name="transaction">The transaction that made the difference.</param>
    /// <param name="user">The user.</param>
    /// <param name="desired">The bot that he should have.</param>
    /// <param name="occasion">Names what made the difference; the same occasion hands over once.</param>
    /// <param name="now">The time of the occasion.</param>
    /// <param name="cancellationToken">Ends the statements.</param>
    public async Task RunAsync(
        TenantTransaction transaction, Guid user, string desired, string occasion, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = await links.ListActiveAsync(transaction, user, cancellationToken);
        if (active.Count == 0 || active.Any(link => link.Bot == desired))
            return;
        var handover = new Announcement(
            user, TemplateCatalog.BotHandover, $"handover:{user}:{desired}:{occasion}", new Dictionary<string, TemplateValue> { ["link"] = TemplateValue.Later });
        await announce.RunAsync(transaction, handover, now, cancellationToken);
    }
}
