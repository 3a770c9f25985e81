using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>The first invoice was cancelled before it was paid: the subscription that waited for it ends.</summary>
public sealed class CancelUnpaidSubscription(SubscriptionStore subscriptions, TimeProvider time)
{
    public async Task RunAsync(InvoiceCancelled invoice, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (invoice.SubscriptionId is not { } id)
            return;

        // Only one that still waits: a running subscription does not end with one of its later invoices.
        var waiting = await subscriptions.IsPendingAsync(transaction, id, cancellationToken);
        if (!waiting)
            return;

        var now = time.GetUtcNow();
        var cancelled = await subscriptions.MoveAsync(
            transaction, id, SubscriptionCommand.Cancel, $"invoice {invoice.Number} was cancelled: {invoice.Reason}", now, cancellationToken);
        if (cancelled is not null)
            await transaction.PublishAsync(new SubscriptionCancelled(id, cancelled.UserId, now), now, cancellationToken);
    }
}
