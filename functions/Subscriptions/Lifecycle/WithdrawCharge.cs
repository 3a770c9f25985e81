using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>An invoice was cancelled: nobody owes it any more. A subscription that waited for it as its first ends, another goes on.</summary>
public sealed class WithdrawCharge(
    SubscriptionStore subscriptions, ReopenCharge reopen, Moves moves, CancelSubscription cancel, SettleCharge settle, RenewPeriod renew,
    TimeProvider time)
{
    public async Task RunAsync(InvoiceCancelled invoice, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (invoice.SubscriptionId is not { } id
            || await subscriptions.GetForUpdateAsync(transaction, id, owner: null, cancellationToken) is not { } subscription)
            return;

        var now = time.GetUtcNow();
        subscription = await renew.CatchUpAsync(transaction, subscription, invoice.ChargeId, now, cancellationToken);
        var reason = $"invoice {invoice.Number} was cancelled: {invoice.Reason}";
        if ((invoice.ChargeId ?? subscription.ChargeId) is { } charge)
        {
            // Messages may overtake each other: it was opened again before, which may not have been heard of yet.
            await reopen.RunAsync(transaction, subscription, charge, invoice.Reopenings, now, cancellationToken);
            var withdrawn = await moves.WithdrawAsync(
                transaction, charge, [ChargeStatus.Open, ChargeStatus.Overdue], invoice.InvoiceId, now, cancellationToken);
            // What was paid before the change is what has been paid for the period that runs.
            if (withdrawn is { CreditedChargeId: { } paid } && subscription.ChargeId == charge)
            {
                subscription = subscription with { ChargeId = paid };
                await subscriptions.UpdateAsync(transaction, subscription, now, cancellationToken);
            }
        }

        if (subscription.Status == SubscriptionStatus.Pending)
            await cancel.EndAsync(transaction, subscription, Actor.Billing, reason, now, cancellationToken);
        else if (subscription.Status == SubscriptionStatus.Suspended)
            await settle.ReinstateAsync(transaction, subscription, reason, now, cancellationToken);
    }
}
