using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Payments;

/// <summary>The facts of other services that concern payments.</summary>
public sealed class BusinessEventsListener(
    Inbox inbox, PaymentStore payments, SavedMethodStore methods, CancelCharge cancelCharge, DeleteSavedMethod deleteSavedMethod, TimeProvider time)
{
    [Function("BusinessEventsListener")]
    public async Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, "payments", Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken)
    {
        // Midtrans is called after the commit. A withdrawal is kept in the row, so that a crash from here on leaves it to the reconciliation.
        var afterwards = new List<Func<Task>>();
        await inbox.HandleAsync(
            body,
            async (fact, transaction) =>
            {
                var (tenant, now) = (transaction.Tenant, time.GetUtcNow());
                switch (fact)
                {
                    case InvoiceCancelled cancelled
                        when await payments.RequestCancellationAsync(transaction, cancelled.InvoiceId, null, now, cancellationToken) is { } payment:
                        afterwards.Add(() => cancelCharge.RunAsync(tenant, payment, cancellationToken));
                        break;
                    case UserDeleted deleted:
                        foreach (var method in await methods.ListAsync(tenant, deleted.UserId, cancellationToken))
                            afterwards.Add(() => deleteSavedMethod.UnlinkAsync(tenant, method, cancellationToken));
                        await methods.DeleteOfUserAsync(transaction, deleted.UserId, now, cancellationToken);
                        break;
                }
            },
            cancellationToken);
        foreach (var work in afterwards)
            await work();
    }
}
