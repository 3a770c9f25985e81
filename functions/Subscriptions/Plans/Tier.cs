using System.Text.Json;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Subscriptions.Plans;

public enum BillingCycle
{
    Monthly,
    Yearly,
}

/// <summary>What can be subscribed to, at its price in one currency.</summary>
public sealed record Tier(
    Guid Id, string Code, string Name, string Description, BillingCycle BillingCycle, string Features, string Limits, string Currency, decimal Amount)
{
    public Money Price => new(Amount, Shared.Finance.Currency.Parse(Currency));
}

/// <summary>A tier as the outside sees it. A limit of -1 is no limit.</summary>
public sealed record TierView(
    string Tier, string Name, string Description, BillingCycle Cycle, Money Price, IReadOnlyList<string> Features, IReadOnlyDictionary<string, long> Limits)
{
    public static TierView Of(Tier tier) => new(
        tier.Code, tier.Name, tier.Description, tier.BillingCycle, tier.Price,
        JsonSerializer.Deserialize<string[]>(tier.Features)!, JsonSerializer.Deserialize<Dictionary<string, long>>(tier.Limits)!);
}
