using System.Globalization;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>Gives a user the bot of his tier. Until he has started it the old one goes on and hands him its start link.</summary>
public sealed class FollowTier(PreferenceStore preferences, HandOverBot handOver)
{
    public async Task RunAsync(TenantTransaction transaction, BusinessEvent fact, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (BotChange.Of(fact, now) is not { } change
            || !await preferences.AssignBotAsync(transaction, change.UserId, change.Bot, change.Since, now, cancellationToken))
            return;

        var since = change.Since.UtcDateTime.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
        await handOver.RunAsync(transaction, change.UserId, change.Bot, since, now, cancellationToken);
    }
}

/// <summary>The bot that a user should have from an instant on.</summary>
internal sealed record BotChange(Guid UserId, string Bot, DateTimeOffset Since)
{
    // The clock of the app that tells it may be ahead of ours.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Null when the fact changes nothing now: what is announced for later is told again when it has happened. Another product has no bot.</summary>
    public static BotChange? Of(BusinessEvent fact, DateTimeOffset now) => fact switch
    {
        SubscriptionActivated { Product: Products.Platform } active => new(active.UserId, BotChoice.ForTier(active.Tier), active.PeriodStart),
        SubscriptionChanged { Product: Products.Platform } changed when changed.EffectiveAt <= now + Skew =>
            new(changed.UserId, BotChoice.ForTier(changed.ToTier), changed.EffectiveAt),
        SubscriptionCancelled { Product: Products.Platform } cancelled when cancelled.EffectiveAt <= now + Skew =>
            new(cancelled.UserId, TelegramBot.Default, cancelled.EffectiveAt),
        SubscriptionExpired { Product: Products.Platform } expired => new(expired.UserId, TelegramBot.Default, expired.ExpiredAt),
        _ => null,
    };
}
