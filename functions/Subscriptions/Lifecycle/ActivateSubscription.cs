using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>The first invoice is paid: the subscription begins to work.</summary>
public sealed class ActivateSubscription(SubscriptionStore subscriptions, TimeProvider time)
{
    public async Task RunAsync(InvoicePaid paid, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (paid.SubscriptionId is not { } id)
            return;

        var now = time.GetUtcNow();
        var active = await subscriptions.MoveAsync(
            transaction, id, SubscriptionCommand.Activate, $"invoice {paid.Number} was paid", now, cancellationToken);

        // A later invoice of a subscription that is active already: nothing to begin.
        if (active is null)
            return;

        await transaction.PublishAsync(
            new SubscriptionActivated(active.Id, active.UserId, active.TierCode, active.TierName, active.StartedAt, active.ExpiresAt),
            now, cancellationToken);
    }
}
