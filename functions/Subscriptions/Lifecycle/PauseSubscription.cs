using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Plans;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Stops a subscription for a while. What was paid for the days after today becomes credit, and resuming begins a period anew.</summary>
public sealed class PauseSubscription(
    Database database, TierStore tiers, ChargeStore charges, Moves moves, CarryUsage carry, TimeProvider time)
{
    public async Task<SubscriptionView> PauseAsync(TenantId tenant, Guid id, Guid? owner, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var before = await moves.TakeAsync(transaction, id, owner, SubscriptionCommand.Pause, cancellationToken);
        if (now >= before.ExpiresAt)
            throw ProblemException.Conflict("PERIOD_ENDED", "The period has just ended and is being renewed. Ask again in a minute.");

        var left = await moves.LeftAsync(transaction, before, BusinessCalendar.DayOf(now).End, cancellationToken);
        var charge = await moves.ChargeAsync(transaction, before, before.ChargeId, Quote.Stop(before, left, now), "pause", now, cancellationToken);
        var after = await moves.MakeAsync(
            transaction, before, before with { ChargeId = charge ?? before.ChargeId }, SubscriptionCommand.Pause, actor, "asked for", now,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(after);
    }

    public async Task<SubscriptionView> ResumeAsync(TenantId tenant, Guid id, Guid? owner, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var before = await moves.TakeAsync(transaction, id, owner, SubscriptionCommand.Resume, cancellationToken);
        var tier = await tiers.FindForPeriodAsync(transaction, before.NextTierId ?? before.TierId, before.Currency, now, cancellationToken);
        if (await charges.HasOverdueAsync(transaction, id, cancellationToken))
            throw ProblemException.Conflict("PAYMENT_OPEN", "An invoice of this subscription is overdue. Pay it first.");
        var quote = Quote.First(tier, now);
        var changed = before.On(tier).In(quote.Billed, tier.BillingMode);
        var charge = await moves.ChargeAsync(transaction, changed, creditedCharge: null, quote, Charge.Resume, now, cancellationToken);
        var after = await moves.MakeAsync(
            transaction, before, changed with { ChargeId = charge }, SubscriptionCommand.Resume, actor, "asked for", now, cancellationToken);
        await carry.RunAsync(transaction, before, after, isPaid: !quote.Charged.IsZero, now, cancellationToken);
        await ChangePlan.TellAsync(transaction, before, after, now, now, cancellationToken);
        // It was to end with a period that is no more: it ends with this one.
        if (after.CancelAtPeriodEnd)
            await transaction.PublishAsync(
                new SubscriptionCancelled(after.Id, after.UserId, after.ExpiresAt, Product: after.Product), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(after);
    }
}
