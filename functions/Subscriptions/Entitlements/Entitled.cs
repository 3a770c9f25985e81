using System.Text.Json;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Entitlements;

/// <summary>A subscription and what its tier includes, and the tier that it changes to at the end of its period, as far as using it is
/// concerned.</summary>
public sealed record EntitledRow(
    Guid Id, Guid UserId, string Product, string TierCode, string TierName, BillingCycle BillingCycle, BillingMode BillingMode,
    SubscriptionStatus Status, DateTimeOffset PeriodStart, DateTimeOffset ExpiresAt, int AnchorDay, bool Renews, string Features, string Limits,
    string? NextTierCode = null, string? NextTierName = null, BillingCycle NextCycle = default, BillingMode NextMode = default,
    string? NextFeatures = null, string? NextLimits = null);

/// <summary>What its user may use, and until when.</summary>
public sealed class Entitled(EntitledRow row)
{
    private readonly Entitled? next =
        row is { NextLimits: not null, Renews: true, Status: SubscriptionStatus.Active or SubscriptionStatus.Trialing } ? new(Renewed(row)) : null;

    public Guid Id => row.Id;
    public Guid UserId => row.UserId;
    public EntitledRow Row => row;
    public IReadOnlyList<string> Features { get; } = JsonSerializer.Deserialize<string[]>(row.Features)!;
    public IReadOnlyDictionary<string, long> Limits { get; } = JsonSerializer.Deserialize<Dictionary<string, long>>(row.Limits)!;

    /// <summary>What holds at a moment: when the period has ended that is the tier it changes to, whether the timer has been there or not.</summary>
    public Entitled At(DateTimeOffset now) => next is not null && now >= row.ExpiresAt ? next : this;

    /// <summary>To the millisecond: what does not renew ends with its period, whether the timer has been there or not.</summary>
    public bool MayUse(DateTimeOffset now) =>
        row.Status is SubscriptionStatus.Active or SubscriptionStatus.Trialing && (now < row.ExpiresAt || row.Renews);

    /// <summary>What is used counts against its quotas: it has begun, and may only stand still for a while.</summary>
    public bool IsCounted(DateTimeOffset now) =>
        row.Status is SubscriptionStatus.Active or SubscriptionStatus.Trialing or SubscriptionStatus.Paused or SubscriptionStatus.Suspended
        && (now < row.ExpiresAt || row.Renews);

    /// <summary>The billing period around a moment. One that has ended is followed by the next, also before the timer has renewed it.</summary>
    public Period PeriodAt(DateTimeOffset now)
    {
        var (period, anchorDay, isTrial) = (new Period(row.PeriodStart, row.ExpiresAt), row.AnchorDay, row.Status == SubscriptionStatus.Trialing);
        for (; now >= period.End; isTrial = false)
        {
            var billed = BillingPeriods.Next(period.End, anchorDay, row.BillingMode, isTrial, row.BillingCycle, row.BillingMode);
            (period, anchorDay) = (billed.Period, billed.AnchorDay);
        }

        return period;
    }

    // As the renewal makes it.
    private static EntitledRow Renewed(EntitledRow row)
    {
        var billed = BillingPeriods.Next(
            row.ExpiresAt, row.AnchorDay, row.BillingMode, row.Status == SubscriptionStatus.Trialing, row.NextCycle, row.NextMode);
        return row with
        {
            TierCode = row.NextTierCode!, TierName = row.NextTierName!, BillingCycle = row.NextCycle, BillingMode = row.NextMode,
            Status = SubscriptionStatus.Active, PeriodStart = billed.Period.Start, ExpiresAt = billed.Period.End, AnchorDay = billed.AnchorDay,
            Features = row.NextFeatures!, Limits = row.NextLimits!, NextLimits = null,
        };
    }
}
