using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Cycles;
using ServerlessBusiness.Billing.Dunning;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>
/// Does for one tenant, in line, what timers do for all: whoever calls it finds everything done. It may be called again for the same moment:
/// what was done stays done and what was left is taken up.
/// </summary>
public sealed class PlayTimers(
    StartBillingRun start, RunBillingPages pages, RunDunning dunning, RemindUnpaid remind, CollectInvoices collect, SendRefunds refunds)
{
    public async Task RunAsync(TenantId tenant, TimerWork work, CancellationToken cancellationToken)
    {
        switch (work)
        {
            case TimerWork.Bill:
                var run = await start.RunAsync(tenant, RunTrigger.Clock, cancellationToken, sends: false);
                await pages.RunToTheEndAsync(tenant, run.Id, cancellationToken);
                break;
            case TimerWork.Dun:
                await dunning.RunAsync(tenant, cancellationToken);
                break;
            case TimerWork.Remind:
                await remind.RunAsync(tenant, cancellationToken);
                break;
        }
    }

    /// <summary>Charges saved methods and sends refunds that are due; the invoices that are paid by what Payments says, whose news is on its way.</summary>
    public async Task<IReadOnlyList<Guid>> CollectAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var paid = await collect.RunAsync(tenant, cancellationToken);
        await refunds.RunAsync(tenant, cancellationToken);
        return paid;
    }
}
