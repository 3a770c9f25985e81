using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.CreditNotes;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>Money that is due, in and out: who waits for a refund does not wait for charges.</summary>
public sealed class CollectTimer(CollectInvoices collect, SendRefunds sendRefunds)
{
    [Function("CollectInvoices")]
    public Task Collect([TimerTrigger("%COLLECT_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) => collect.RunAsync(cancellationToken);

    [Function("SendRefunds")]
    public Task SendBack([TimerTrigger("%COLLECT_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken) =>
        sendRefunds.RunAsync(cancellationToken);
}
