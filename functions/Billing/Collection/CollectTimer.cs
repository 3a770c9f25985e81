using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.CreditNotes;

namespace ServerlessBusiness.Billing.Collection;

public sealed class CollectTimer(CollectInvoices collect, SendRefunds sendRefunds)
{
    [Function("CollectInvoices")]
    public async Task Run([TimerTrigger("%COLLECT_SCHEDULE%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        try
        {
            await collect.RunAsync(cancellationToken);
        }
        finally
        {
            // Whatever became of the charges, who waits for his money gets it.
            await sendRefunds.RunAsync(cancellationToken);
        }
    }
}
