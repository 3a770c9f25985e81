using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>What Billing has to know to bill the renewals of a subscription.</summary>
public static class Terms
{
    /// <summary>Whether another period follows the running one as things stand.</summary>
    public static bool Renew(Subscription subscription) => subscription is { IsInUse: true, Renews: true };

    /// <param name="next">The tier of the next period; null where none follows.</param>
    /// <param name="renewed">What the move that is told was a renewal by.</param>
    public static SubscriptionTermsChanged Of(Subscription subscription, Tier? next, long version, Quote? renewed)
    {
        var quote = next is null ? null : Quote.Renewal(subscription, next);
        var cycle = next?.BillingCycle ?? subscription.BillingCycle;
        var anchorDay = quote?.Billed.AnchorDay ?? subscription.AnchorDay;
        return new SubscriptionTermsChanged(
            subscription.Id, subscription.UserId, version, next?.Code ?? subscription.TierCode, next?.Name ?? subscription.TierName,
            cycle.ToString().ToLowerInvariant(), next?.Price ?? subscription.FullPrice, anchorDay, subscription.PeriodStart, subscription.ExpiresAt,
            quote is null || quote.Charged.IsZero ? null : quote.From,
            quote is null || IsWhole(quote, next!, anchorDay) ? null : Bill(quote),
            renewed is null || renewed.Charged.IsZero ? null : Bill(renewed));
    }

    private static bool IsWhole(Quote quote, Tier tier, int anchorDay) =>
        quote.Charged == tier.Price
        && quote.Billed.Period == BusinessCalendar.PeriodFrom(quote.From, BillingPeriods.Cadence(tier.BillingCycle), anchorDay);

    private static RenewalBill Bill(Quote quote) => new(quote.Billed.Period.Start, quote.Billed.Period.End, quote.Lines);
}
