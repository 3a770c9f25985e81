using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public enum SubscriptionStatus
{
    Pending,
    Active,
    Suspended,
    Cancelled,
    Expired,
}

public sealed record Subscription(
    Guid Id, Guid UserId, Guid TierId, string TierCode, string TierName, BillingCycle BillingCycle, SubscriptionStatus Status,
    string Currency, decimal Price, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt, bool AutoRenew, DateTimeOffset CreatedAt);

/// <summary>A subscription as the outside sees it; its period is half-open, in UTC.</summary>
public sealed record SubscriptionView(
    Guid Id, Guid UserId, string Tier, string TierName, BillingCycle Cycle, SubscriptionStatus Status, Money Price,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, bool AutoRenew, DateTimeOffset CreatedAt)
{
    public static SubscriptionView Of(Subscription row) => new(
        row.Id, row.UserId, row.TierCode, row.TierName, row.BillingCycle, row.Status, new Money(row.Price, Currency.Parse(row.Currency)),
        row.StartedAt, row.ExpiresAt, row.AutoRenew, row.CreatedAt);
}
