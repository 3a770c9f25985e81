using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>Notes what moves and payments change in the figures, in the transaction that makes them: in PostgreSQL to rebuild from, and as
/// changes (never totals) on their way to ClickHouse.</summary>
public sealed class Figures(DeltaStore deltas)
{
    public Task MovedAsync(
        TenantTransaction transaction, Subscription? before, Subscription after, DateTimeOffset now, CancellationToken cancellationToken) =>
        NoteAsync(transaction, after, MetricDelta.Of(before, after), now, cancellationToken);

    /// <summary>Money came in, or went back. The first that comes in after a trial, while it goes on, is what converts it.</summary>
    public async Task EarnedAsync(
        TenantTransaction transaction, Subscription subscription, decimal revenueUsd, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var converts = revenueUsd > 0 && MetricDelta.IsCounted(subscription.Status)
            && await deltas.IsTrialToConvertAsync(transaction, subscription.Id, cancellationToken);
        await NoteAsync(
            transaction, subscription,
            revenueUsd == 0 ? [] : [new MetricDelta(subscription.TierCode, Converted: converts ? 1 : 0, RevenueUsd: revenueUsd)], now, cancellationToken);
    }

    /// <summary>Money came in for a charge, or went back: in the figures of the tier that it was for, whatever the subscription has become.</summary>
    public async Task EarnedAsync(
        TenantTransaction transaction, Subscription subscription, Charge charge, decimal revenueUsd, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var paidFor = charge.TierId == subscription.TierId
            ? subscription
            : subscription with { TierCode = await deltas.FindTierAsync(transaction, charge.TierId, cancellationToken) };
        await EarnedAsync(transaction, paidFor, revenueUsd, now, cancellationToken);
    }

    private async Task NoteAsync(
        TenantTransaction transaction, Subscription subscription, IReadOnlyList<MetricDelta> changes, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var begun = subscription.CreatedAt.UtcDateTime;
        var cohort = new DateOnly(begun.Year, begun.Month, 1);
        foreach (var change in changes)
        {
            await deltas.InsertAsync(transaction, subscription.Id, day, cohort, change, now, cancellationToken);
            await EventBuffer.AddAsync(
                transaction, AnalyticsTarget.SubscriptionMetrics, day, [change.MetricsLine(transaction.Tenant, day)], now, cancellationToken);
            if (change is not { Started: 0, Ended: 0, RevenueUsd: 0 })
                await EventBuffer.AddAsync(
                    transaction, AnalyticsTarget.SubscriptionCohorts, day, [change.CohortLine(transaction.Tenant, cohort, day)], now, cancellationToken);
        }
    }
}
