using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions;

public sealed class BusinessEventsListener(Inbox inbox, ActivateSubscription activate, CancelUnpaidSubscription cancelUnpaid)
{
    [Function("BusinessEventsListener")]
    public Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, "subscriptions", Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken) =>
        inbox.HandleAsync(
            body,
            (fact, transaction) => fact switch
            {
                InvoicePaid paid => activate.RunAsync(paid, transaction, cancellationToken),
                InvoiceCancelled cancelled => cancelUnpaid.RunAsync(cancelled, transaction, cancellationToken),
                _ => Task.CompletedTask,
            },
            cancellationToken);
}
