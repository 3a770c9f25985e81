using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>Finishes what a crash left undone.</summary>
public sealed class UsageTimer(AnnounceThresholds announce, EventBuffer buffer)
{
    [Function("SweepUsage")]
    public async Task Run([TimerTrigger("%USAGE_SWEEP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await announce.SweepAsync(cancellationToken);
        await buffer.DrainAsync(cancellationToken);
    }
}
