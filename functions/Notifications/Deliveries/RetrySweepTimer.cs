using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Notifications.Deliveries;

public sealed class RetrySweepTimer(SweepDeliveries sweep)
{
    [Function("RetrySweep")]
    public Task Run([TimerTrigger("%RETRY_SWEEP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}
