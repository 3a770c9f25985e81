using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>Finishes what a crash left undone, and forgets what nobody can ask for any more.</summary>
public sealed class UsageTimer(AnnounceThresholds announce, UsageStore usage, EventBuffer buffer, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    // After hours without this timer there are more of them than one statement can delete in its time.
    private const int AtOnce = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Function("SweepUsage")]
    public async Task Run([TimerTrigger("%USAGE_SWEEP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await announce.SweepAsync(cancellationToken);
        await ForgetIdsAsync(cancellationToken);
        await buffer.DrainAsync(cancellationToken);
    }

    private async Task ForgetIdsAsync(CancellationToken cancellationToken)
    {
        var (started, before) = (time.GetTimestamp(), time.GetUtcNow() - UsageCheck.Latest - Margin);
        while (time.GetElapsedTime(started) < Longest && await usage.ForgetIdsAcrossTenantsAsync(before, AtOnce, cancellationToken) == AtOnce)
        {
        }
    }
}
