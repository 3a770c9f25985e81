using System.Globalization;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>What something changed in the figures of a tier.</summary>
public sealed record MetricDelta(
    string Tier, int Total = 0, int Started = 0, int Ended = 0, int Upgraded = 0, int Downgraded = 0, int Trials = 0, int Converted = 0,
    decimal MrrUsd = 0, decimal RevenueUsd = 0)
{
    /// <summary>What a move changed: one tier's figures, or those of the old and of the new one.</summary>
    public static IReadOnlyList<MetricDelta> Of(Subscription? before, Subscription after)
    {
        var isNew = before is null;
        var wasCounted = before is not null && IsCounted(before.Status);
        var isCounted = IsCounted(after.Status);
        var isChange = wasCounted && before!.TierCode != after.TierCode;
        var isUpgrade = isChange && after.MonthlyUsd > before!.MonthlyUsd;
        var gained = new MetricDelta(
            after.TierCode, isCounted ? 1 : 0, Started: !wasCounted && isCounted ? 1 : 0, Upgraded: isUpgrade ? 1 : 0,
            Downgraded: isChange && !isUpgrade ? 1 : 0, Trials: isNew && after.Status == SubscriptionStatus.Trialing ? 1 : 0,
            MrrUsd: Mrr(after));
        var lost = new MetricDelta(
            before?.TierCode ?? after.TierCode, wasCounted ? -1 : 0, Ended: wasCounted && !isCounted ? 1 : 0, MrrUsd: before is null ? 0 : -Mrr(before));
        var deltas = gained.Tier == lost.Tier ? new[] { gained.Plus(lost) } : [lost, gained];
        return [.. deltas.Where(delta => delta != new MetricDelta(delta.Tier))];
    }

    public MetricDelta Plus(MetricDelta other) => new(
        Tier, Total + other.Total, Started + other.Started, Ended + other.Ended, Upgraded + other.Upgraded, Downgraded + other.Downgraded,
        Trials + other.Trials, Converted + other.Converted, MrrUsd + other.MrrUsd, RevenueUsd + other.RevenueUsd);

    internal string MetricsLine(TenantId tenant, DateOnly day) => string.Create(
        CultureInfo.InvariantCulture,
        $"[\"{day:yyyy-MM-dd}\",\"{tenant}\",\"{Tier}\",{Total},{Started},{Ended},{Upgraded},{Downgraded},{Trials},{Converted},{MrrUsd},{RevenueUsd}]");

    internal string CohortLine(TenantId tenant, DateOnly cohort, DateOnly day) => string.Create(
        CultureInfo.InvariantCulture, $"[\"{cohort:yyyy-MM-dd}\",\"{day:yyyy-MM-dd}\",\"{tenant}\",{Started},{Ended},{RevenueUsd}]");

    // A paused or suspended one may come back; it brings in nothing meanwhile.
    internal static bool IsCounted(SubscriptionStatus status) => status
        is SubscriptionStatus.Trialing or SubscriptionStatus.Active or SubscriptionStatus.Paused or SubscriptionStatus.Suspended;

    private static decimal Mrr(Subscription subscription) => subscription.Status == SubscriptionStatus.Active ? subscription.MonthlyUsd : 0;
}
