using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Subscriptions.Quotas;

/// <summary>Tells that 80, 90 or 100 percent of a quota are used, each once: what is told is marked in the transaction that tells it.</summary>
public sealed class AnnounceThresholds(Database database, QuotaStore quotas, TimeProvider time)
{
    public async Task RunAsync(CounterKey key, CancellationToken cancellationToken)
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

    /// <summary>Tells what a crash left untold.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var key in await quotas.ListOwedAcrossTenantsAsync(cancellationToken))
            await RunAsync(key, cancellationToken);
    }
}
