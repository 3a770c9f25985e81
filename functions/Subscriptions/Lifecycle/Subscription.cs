using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public enum SubscriptionStatus
{
    /// <summary>Waits for its first payment.</summary>
    Pending,
    Trialing,
    Active,
    Paused,

    /// <summary>An invoice is overdue.</summary>
    Suspended,
    Cancelled,
    Expired,
}

/// <summary>The price is the one of the running period, whatever the tier costs meanwhile.</summary>
public sealed record Subscription(
    Guid Id, Guid UserId, string Product, Guid TierId, bool TierIsOwn, string TierCode, string TierName, decimal PriceUsd,
    BillingCycle BillingCycle, BillingMode BillingMode, SubscriptionStatus Status, string Currency, decimal Price, DateTimeOffset StartedAt,
    DateTimeOffset PeriodStart, DateTimeOffset ExpiresAt, int AnchorDay, bool AutoRenew, bool CancelAtPeriodEnd, Guid? NextTierId, Guid? ChargeId,
    DateTimeOffset CreatedAt)
{
    public Money FullPrice => new(Price, Shared.Finance.Currency.Parse(Currency));

    /// <summary>Its user may use what it includes, unless its time is over.</summary>
    public bool IsInUse => Status is SubscriptionStatus.Trialing or SubscriptionStatus.Active;

    public bool Renews => AutoRenew && !CancelAtPeriodEnd;

    /// <summary>What its currency is worth in USD by the prices of its tier; null where it costs nothing.</summary>
    public decimal? UsdRate => Price == 0 ? null : Currency == "USD" ? 1 : PriceUsd / Price;

    public decimal MonthlyUsd => BillingCycle == BillingCycle.Yearly ? decimal.Round(PriceUsd / 12, 2, MidpointRounding.AwayFromZero) : PriceUsd;

    public Period Whole => BillingPeriods.Whole(PeriodStart, ExpiresAt, BillingCycle, BillingMode);

    /// <summary>The same subscription on another tier at that tier's price. Its period goes on as it was billed.</summary>
    public Subscription On(Tier tier) => this with
    {
        TierId = tier.Id, TierIsOwn = tier.IsOwn, TierCode = tier.Code, TierName = tier.Name, PriceUsd = tier.PriceUsd,
        BillingCycle = tier.BillingCycle, Price = tier.Amount, NextTierId = null,
    };

    /// <summary>In a period that begins as that tier is billed.</summary>
    public Subscription In(BilledPeriod billed, BillingMode mode) => this with
    {
        PeriodStart = billed.Period.Start, ExpiresAt = billed.Period.End, AnchorDay = billed.AnchorDay, BillingMode = mode,
    };
}

/// <summary>A subscription as the outside sees it; its period is half-open, in UTC.</summary>
public sealed record SubscriptionView(
    Guid Id, Guid UserId, string Product, string Tier, string TierName, BillingCycle Cycle, BillingMode Billing, SubscriptionStatus Status,
    Money Price, DateTimeOffset StartedAt, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, bool AutoRenew, bool CancelAtPeriodEnd,
    Guid? NextTierId, DateTimeOffset CreatedAt)
{
    public static SubscriptionView Of(Subscription row) => new(
        row.Id, row.UserId, row.Product, row.TierCode, row.TierName, row.BillingCycle, row.BillingMode, row.Status, row.FullPrice,
        row.StartedAt, row.PeriodStart, row.ExpiresAt, row.AutoRenew, row.CancelAtPeriodEnd, row.NextTierId, row.CreatedAt);
}
