using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Wakes an app that was scaled to nothing, so that messages a crash left in its outbox still leave.</summary>
public sealed class OutboxSweepTimer(OutboxRelay relay)
{
    [Function("SweepOutbox")]
    public Task Run([TimerTrigger("%OUTBOX_SWEEP_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        relay.DrainAsync(cancellationToken);
}
