using Microsoft.Extensions.Logging;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>
/// Puts back on its queue what is due and nobody works on: a lost message, or a sender that died. A message too many changes nothing. What waits
/// for a digest that is over ends with it.
/// </summary>
public sealed partial class SweepDeliveries(Database database, SweepStore overdue, TimeProvider time, ILogger<SweepDeliveries> logger)
{
    // A queue that is merely long gets this much time before its rows are offered once more.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal int BatchSize { get; init; } = 1_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var failed = await overdue.FailHopelessAcrossTenantsAsync(now, cancellationToken);
        foreach (var (type, reason) in failed)
            DeliveryMetrics.OnEnded(type, reason);
        var held = await overdue.SettleHeldAcrossTenantsAsync(cancellationToken);
        var found = await PutAllBackAsync(now, cancellationToken);
        if (failed.Count + held + found > 0)
            LogSweep(found, failed.Count, held);
    }

    private async Task<int> PutAllBackAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = 0;
        while (true)
        {
            var found = await overdue.ListOverdueAcrossTenantsAsync(now - Patience, now, BatchSize, cancellationToken);
            foreach (var tenant in found.GroupBy(delivery => delivery.TenantId))
                await PutBackAsync(tenant.Key, [.. tenant], now, cancellationToken);
            count += found.Count;
            if (found.Count < BatchSize)
                return count;
        }
    }

    private async Task PutBackAsync(TenantId tenant, IReadOnlyList<OverdueDelivery> deliveries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await overdue.TouchAsync(transaction, [.. deliveries.Select(delivery => delivery.Id)], now, cancellationToken);
        foreach (var queue in deliveries.GroupBy(delivery => (Priority)delivery.PriorityLevel))
            await transaction.EnqueueAsync(queue.Key, queue.Select(delivery => delivery.Id), now, availableAt: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "{Overdue} overdue notifications were put back on their queues, {Failed} were given up, {Held} were held by a digest that is over.")]
    private partial void LogSweep(int overdue, int failed, int held);
}
