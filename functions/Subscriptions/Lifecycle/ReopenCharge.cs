using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Subscriptions.Analytics;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>
/// What was paid is not: until it is, nothing of it can be given back, and should it become overdue the subscription stops. Until then it goes on.
/// </summary>
public sealed class ReopenCharge(SubscriptionStore subscriptions, ChargeStore charges, RenewPeriod renew, Figures figures, TimeProvider time)
{
    public async Task RunAsync(InvoiceReopened reopened, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (reopened.SubscriptionId is not { } id || reopened.ChargeId is not { } charge
            || await subscriptions.GetForUpdateAsync(transaction, id, owner: null, cancellationToken) is not { } subscription)
            return;

        var now = time.GetUtcNow();
        subscription = await renew.CatchUpAsync(transaction, subscription, charge, now, cancellationToken);
        await RunAsync(transaction, subscription, charge, reopened.Reopenings, now, cancellationToken);
    }

    /// <summary>Of a subscription that is locked; false when more openings were heard of already, so that the news of this one are outdated.</summary>
    public async Task<bool> RunAsync(
        TenantTransaction transaction, Subscription subscription, Guid id, int reopenings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await charges.FindAsync(transaction, id, cancellationToken) is not { } charge || charge.Reopenings == reopenings)
            return true;
        if (charge.Reopenings > reopenings)
            return false;
        await charges.ReopenAsync(transaction, id, reopenings, now, cancellationToken);
        if (charge.Status == ChargeStatus.Paid)
            await figures.EarnedAsync(transaction, subscription, charge, -charge.RevenueUsd, now, cancellationToken);
        return true;
    }
}
