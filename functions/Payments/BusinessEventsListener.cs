using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments;

/// <summary>The facts of other services that concern payments.</summary>
public sealed class BusinessEventsListener(Inbox inbox, PaymentStore payments, CancelCharge cancelCharge, TimeProvider time)
{
    [Function("BusinessEventsListener")]
    public async Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, "payments", Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken)
    {
        (TenantId Tenant, Payment Payment)? withdrawn = null;
        await inbox.HandleAsync(
            body,
            async (fact, transaction) =>
            {
                if (fact is not InvoiceCancelled cancelled)
                    return;
                var now = time.GetUtcNow();
                if (await payments.RequestCancellationAsync(transaction, cancelled.InvoiceId, now, cancellationToken) is { } payment)
                    withdrawn = (transaction.Tenant, payment);
            },
            cancellationToken);

        // Midtrans is called after the commit: the wish is kept in the row, and a crash from here on leaves it to the reconciliation.
        if (withdrawn is { } due)
            await cancelCharge.RunAsync(due.Tenant, due.Payment, cancellationToken);
    }
}
