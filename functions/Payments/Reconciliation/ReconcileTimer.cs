using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Payments.Reconciliation;

public sealed class ReconcileTimer(ReconcileCharges reconcile)
{
    [Function("ReconcileCharges")]
    public Task Run([TimerTrigger("%RECONCILE_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        reconcile.RunAsync(cancellationToken);
}
