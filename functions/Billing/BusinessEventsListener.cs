using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Billing;

public sealed class BusinessEventsListener(
    Inbox inbox, IssueInvoice issue, KeepAgreement keep, WithdrawInvoice withdraw, SettleInvoice settle, ReopenInvoice reopen, ApplyRefund refund,
    NoteFailure failure, StopCollecting stop, TenantClocks clocks)
{
    [Function("BusinessEventsListener")]
    public Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, "billing", Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        inbox.HandleAsync(
            body,
            (fact, transaction) => clocks.RunAsync(transaction, () => HearAsync(fact, transaction, cancellationToken), cancellationToken),
            cancellationToken);

    private Task HearAsync(BusinessEvent fact, TenantTransaction transaction, CancellationToken cancellationToken) => fact switch
    {
        SubscriptionCreated created => issue.RunAsync(created, transaction, cancellationToken),
        SubscriptionChargeDue due => issue.RunAsync(due, transaction, cancellationToken),
        SubscriptionTermsChanged terms => keep.RunAsync(terms, transaction, cancellationToken),
        SubscriptionCancelled ended => withdraw.RunAsync(
            ended.SubscriptionId, ended.WithdrawnChargeId, "the subscription was cancelled", transaction, cancellationToken),
        SubscriptionExpired ended => withdraw.RunAsync(
            ended.SubscriptionId, ended.WithdrawnChargeId, "the subscription expired", transaction, cancellationToken),
        PaymentSucceeded payment => settle.RunAsync(payment, transaction, cancellationToken),
        PaymentReversed reversed => reopen.RunAsync(reversed, transaction, cancellationToken),
        PaymentRefunded refunded => refund.RunAsync(refunded, transaction, cancellationToken),
        PaymentFailed failed => failure.RunAsync(failed, transaction, cancellationToken),
        UserDeleted deleted => stop.RunAsync(deleted, transaction, cancellationToken),
        _ => Task.CompletedTask,
    };
}
