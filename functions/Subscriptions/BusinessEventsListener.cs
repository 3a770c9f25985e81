using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions;

public sealed class BusinessEventsListener(
    Inbox inbox, SettleCharge settle, ReopenCharge reopen, SuspendUnpaid suspend, WithdrawCharge withdraw, CancelSubscription cancel)
{
    [Function("BusinessEventsListener")]
    public Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, "subscriptions", Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken) =>
        inbox.HandleAsync(
            body,
            (fact, transaction) => fact switch
            {
                InvoicePaid paid => settle.RunAsync(paid, transaction, cancellationToken),
                InvoiceReopened reopened => reopen.RunAsync(reopened, transaction, cancellationToken),
                InvoiceOverdue overdue => suspend.RunAsync(overdue, transaction, cancellationToken),
                InvoiceCancelled cancelled => withdraw.RunAsync(cancelled, transaction, cancellationToken),
                UserDeleted deleted => cancel.RunAsync(deleted, transaction, cancellationToken),
                _ => Task.CompletedTask,
            },
            cancellationToken);
}
