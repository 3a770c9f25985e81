using System.Text.Json;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Subscriptions.Plans;

public enum BillingCycle
{
    Monthly,
    Yearly,
}

public enum BillingMode
{
    /// <summary>Renewals fall on the 1st; the first period is prorated to it.</summary>
    Calendar,

    /// <summary>Renewals fall on the day on which it began.</summary>
    Anniversary,
}

/// <summary>One version of what can be subscribed to, at its price in one currency.</summary>
/// <param name="IsOwn">It is the tenant's and not the platform's.</param>
public sealed record Tier(
    Guid Id, bool IsOwn, string Code, string Name, string Description, string Product, BillingCycle BillingCycle, BillingMode BillingMode,
    int TrialDays, int Version, DateTimeOffset EffectiveFrom, string Features, string Limits, decimal PriceUsd, string Currency, decimal Amount)
{
    public Money Price => new(Amount, Shared.Finance.Currency.Parse(Currency));
}

/// <summary>A tier as the outside sees it. A limit of -1 is no limit.</summary>
public sealed record TierView(
    string Tier, string Name, string Description, string Product, BillingCycle Cycle, BillingMode Billing, int TrialDays, int Version,
    DateTimeOffset EffectiveFrom, Money Price, IReadOnlyList<string> Features, IReadOnlyDictionary<string, long> Limits)
{
    public static TierView Of(Tier tier) => new(
        tier.Code, tier.Name, tier.Description, tier.Product, tier.BillingCycle, tier.BillingMode, tier.TrialDays, tier.Version,
        tier.EffectiveFrom, tier.Price,
        JsonSerializer.Deserialize<string[]>(tier.Features)!, JsonSerializer.Deserialize<Dictionary<string, long>>(tier.Limits)!);
}
