using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Begins the next period of a subscription. Billing bills it by the terms it knows; both call the charge by the same id.</summary>
public sealed class RenewPeriod(ChargeStore charges, TierStore tiers, Moves moves)
{
    public async Task<Subscription> RunAsync(
        TenantTransaction transaction, Subscription before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tier = await tiers.FindForPeriodAsync(
            transaction, before.NextTierId ?? before.TierId, before.Currency, before.ExpiresAt, cancellationToken);
        var quote = Quote.Renewal(before, tier);
        var changed = before.On(tier).In(quote.Billed, tier.BillingMode);
        var charge = quote.IsFree
            ? null
            : await moves.NoteAsync(
                transaction, changed, RenewalCharge.IdOf(before.Id, quote.From), quote, Charge.Renewal, creditedCharge: null, creditedRate: 0, now,
                cancellationToken);
        var after = await moves.MakeAsync(
            transaction, before, changed with { ChargeId = charge?.Id }, SubscriptionCommand.Renew, quote, Actor.Timer,
            before.Status == SubscriptionStatus.Trialing ? "the trial ended" : "the period ended", now, cancellationToken);
        await ChangePlan.TellAsync(transaction, before, after, before.ExpiresAt, now, cancellationToken);
        return after;
    }

    /// <summary>Billing may be ahead of our own timer: begins the periods that are due up to the one that this charge is for.</summary>
    public async Task<Subscription> CatchUpAsync(
        TenantTransaction transaction, Subscription subscription, Guid? charge, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (charge is { } id && RenewalDecision.Of(subscription, now) == SubscriptionCommand.Renew
            && await charges.FindAsync(transaction, id, cancellationToken) is null)
            subscription = await RunAsync(transaction, subscription, now, cancellationToken);
        return subscription;
    }
}
