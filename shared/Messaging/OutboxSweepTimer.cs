using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Wakes an app that was scaled to nothing, so that messages a crash left in its outbox still leave.</summary>
public sealed class OutboxSweepTimer(OutboxRelay relay, OutboxAge age)
{
    [Function("SweepOutbox")]
    public async Task Run([TimerTrigger("%OUTBOX_SWEEP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        try
        {
            await relay.DrainAsync(cancellationToken);
        }
        finally
        {
            // Above all when it could not send.
            await age.MeasureAsync(cancellationToken);
        }
    }
}
