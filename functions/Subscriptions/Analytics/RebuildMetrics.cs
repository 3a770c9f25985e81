using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Analytics;

public sealed record RebuildRequest
{
    [Required]
    public DateOnly? From { get; init; }

    /// <summary>The last day, itself among them.</summary>
    [Required]
    public DateOnly? To { get; init; }
}

/// <summary>Whether ClickHouse has taken it already; if not, it will as soon as it can.</summary>
public sealed record RebuildView(DateOnly From, DateOnly To, int Rows, bool Applied);

/// <summary>Computes the metrics of some days from PostgreSQL anew; they take the place of those in ClickHouse.</summary>
public sealed partial class RebuildMetrics(Database database, DeltaStore deltas, EventBuffer buffer, TimeProvider time, ILogger<RebuildMetrics> logger)
{
    private static readonly AnalyticsTarget Metrics = AnalyticsTarget.SubscriptionMetrics;
    private static readonly AnalyticsTarget Cohorts = AnalyticsTarget.SubscriptionCohorts;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<RebuildView> RunAsync(TenantId tenant, RebuildRequest request, CancellationToken cancellationToken)
    {
        var (from, to) = ReportRange.Of(request.From!.Value, request.To!.Value);
        var lines = await ReplaceAsync(tenant, from, to, cancellationToken);
        return new RebuildView(from, to, lines, await TryApplyAsync(cancellationToken));
    }

    private async Task<int> ReplaceAsync(TenantId tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await EventBuffer.HoldAsync(transaction, cancellationToken);
        var sums = await deltas.SumAndTakeOutAsync(transaction, from, to, [Metrics.Table, Cohorts.Table], cancellationToken);
        var metrics = sums.GroupBy(sum => (sum.Day, sum.Tier))
            .Select(group => group.Select(sum => sum.Delta).Aggregate((total, delta) => total.Plus(delta)).MetricsLine(tenant, group.Key.Day)).ToList();
        var cohorts = sums.GroupBy(sum => (sum.Cohort, sum.Day))
            .Select(group => group.Select(sum => sum.Delta).Aggregate((total, delta) => total.Plus(delta)).CohortLine(tenant, group.Key.Cohort, group.Key.Day))
            .ToList();
        await EventBuffer.ReplaceAsync(transaction, Metrics, from, to, metrics, now, cancellationToken);
        await EventBuffer.ReplaceAsync(transaction, Cohorts, from, to, cohorts, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return metrics.Count;
    }

    private async Task<bool> TryApplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            // What is on its way is not called off, for nobody would know whether it has arrived; only the waiting ends.
            await buffer.ApplyReplacementsAsync(CancellationToken.None).WaitAsync(Patience, cancellationToken);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It is written down; the feed goes on trying.
            LogLate(exception);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A rebuild of metrics waits for ClickHouse.")]
    private partial void LogLate(Exception exception);
}
