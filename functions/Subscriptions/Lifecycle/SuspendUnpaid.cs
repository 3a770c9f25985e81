using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>An invoice is overdue: the subscription stops working until it is paid.</summary>
public sealed class SuspendUnpaid(
    SubscriptionStore subscriptions, ChargeStore charges, ReopenCharge reopen, Moves moves, RenewPeriod renew, TimeProvider time)
{
    public async Task RunAsync(InvoiceOverdue overdue, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (!overdue.Suspend || overdue.SubscriptionId is not { } id
            || await subscriptions.GetForUpdateAsync(transaction, id, owner: null, cancellationToken) is not { } subscription
            || (overdue.ChargeId ?? subscription.ChargeId) is not { } charge)
            return;

        // Messages may overtake each other: what is paid or withdrawn by now suspends nobody, unless it was opened again since.
        var now = time.GetUtcNow();
        subscription = await renew.CatchUpAsync(transaction, subscription, overdue.ChargeId, now, cancellationToken);
        var isUnpaid = await reopen.RunAsync(transaction, subscription, charge, overdue.Reopenings, now, cancellationToken) && await charges.MoveAsync(
            transaction, charge, [ChargeStatus.Open, ChargeStatus.Overdue], ChargeStatus.Overdue, overdue.InvoiceId, now, cancellationToken) is not null;
        if (!isUnpaid || SubscriptionLifecycle.Next(subscription.Status, SubscriptionCommand.Suspend) is null)
            return;

        var reason = $"invoice {overdue.Number} is overdue";
        await moves.MakeAsync(
            transaction, subscription, subscription, SubscriptionCommand.Suspend, Actor.Billing, reason, now, cancellationToken);
        await transaction.PublishAsync(new SubscriptionSuspended(id, subscription.UserId, reason), now, cancellationToken);
    }
}
