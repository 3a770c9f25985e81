using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>Finishes what a crash left undone, and forgets what nobody can ask for any more.</summary>
public sealed class UsageTimer(AnnounceThresholds announce, UsageStore usage, EventBuffer buffer, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    [Function("SweepUsage")]
    public async Task Run([TimerTrigger("%USAGE_SWEEP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await announce.SweepAsync(cancellationToken);
        await usage.ForgetIdsAcrossTenantsAsync(time.GetUtcNow() - UsageCheck.Latest - Margin, cancellationToken);
        await buffer.DrainAsync(cancellationToken);
    }
}
