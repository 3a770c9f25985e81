using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>Tells that 80, 90 or 100 percent of a quota are used, each once: what is told is marked in the transaction that tells it.</summary>
public sealed partial class AnnounceThresholds(Database database, QuotaStore quotas, TimeProvider time, ILogger<AnnounceThresholds> logger)
{
    /// <summary>Tells them, or leaves them to the sweep: what they tell of has been counted and must not fail for it.</summary>
    public async Task TryAsync(CounterKey key, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(key, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogLate(exception, key.SubscriptionId);
        }
    }

    /// <summary>Tells what a crash left untold.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var key in await quotas.ListOwedAcrossTenantsAsync(cancellationToken))
            await TryAsync(key, cancellationToken);
    }

    private async Task RunAsync(CounterKey key, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(key.Tenant, cancellationToken);
        if (await quotas.TakeOwedAsync(transaction, key, cancellationToken) is not { } owed)
            return;

        foreach (var percentage in Threshold.Passed(owed.Published, owed.Reached))
            await transaction.PublishAsync(
                new UsageThresholdReached(key.SubscriptionId, owed.UserId, key.Feature, percentage, owed.Used, owed.Quota),
                time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "What is used of a quota of subscription {SubscriptionId} could not be told; the sweep will.")]
    private partial void LogLate(Exception exception, Guid subscriptionId);
}
