using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Plans;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public enum Timing
{
    Now,
    PeriodEnd,
}

public sealed record ChangePlanRequest
{
    /// <summary>Code of the tier to change to; it may be the same one with another cycle.</summary>
    [Required, StringLength(50)]
    public string Tier { get; init; } = "";

    public BillingCycle Cycle { get; init; } = BillingCycle.Monthly;

    /// <summary>By default what costs more in a month, or the same tier for a longer time, begins now, and what costs less when the period ends, as
    /// does what costs more where nothing would be paid for it: in a trial if it has none, and on the last day of a period.</summary>
    public Timing? When { get; init; }
}

/// <summary>Changes tier or cycle: at once, with the rest of the period charged and credited by the day, or when the period ends.</summary>
public sealed class ChangePlan(Database database, TierStore tiers, Moves moves, CarryUsage carry, TimeProvider time)
{
    public async Task<SubscriptionView> RunAsync(
        TenantId tenant, Guid id, Guid? owner, string actor, ChangePlanRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var subscription = await moves.TakeAsync(transaction, id, owner, SubscriptionCommand.Change, cancellationToken);
        var tier = await tiers.RequireOnSaleAsync(
            transaction, request.Tier, request.Cycle, subscription.FullPrice.Currency, now, cancellationToken);
        Check(subscription, tier, now);
        var after = TimingOf(subscription, tier, request.When, now) == Timing.Now
            ? await ChangeNowAsync(transaction, subscription, tier, actor, now, cancellationToken)
            : await ScheduleAsync(transaction, subscription, tier, actor, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(after);
    }

    /// <exception cref="ProblemException">409 when it may not be now: what costs more would be had for nothing.</exception>
    public static Timing TimingOf(Subscription subscription, Tier tier, Timing? wish, DateTimeOffset now)
    {
        var costsMore = CostsMore(subscription, tier);
        var refusal = costsMore ? RefusalNow(subscription, tier, now) : null;
        if (refusal is not null && wish == Timing.Now)
            throw refusal;
        return wish ?? (costsMore && refusal is null ? Timing.Now : Timing.PeriodEnd);
    }

    // The days of a trial cost nothing. The day on which a period ends is one of the next period, and what this one has of it is not billed.
    private static ProblemException? RefusalNow(Subscription subscription, Tier tier, DateTimeOffset now) => subscription.Status switch
    {
        SubscriptionStatus.Trialing => tier.TrialDays > 0
            ? null
            : ProblemException.Conflict(
                "NO_TRIAL", "This tier has no trial. Change to it with \"when\": \"periodEnd\", or cancel this trial and subscribe to it."),
        _ when tier.BillingCycle == subscription.BillingCycle && Proration.Days(now, subscription.ExpiresAt) == 0 => ProblemException.Conflict(
            "LAST_DAY", "The period ends today, and no day of it is left to be charged. Change to this tier with \"when\": \"periodEnd\"."),
        _ => null,
    };

    /// <exception cref="ProblemException">409 or 422 when there is nothing to change, or not now.</exception>
    public static void Check(Subscription subscription, Tier tier, DateTimeOffset now)
    {
        if (tier.Product != subscription.Product)
            throw ProblemException.Unprocessable("OTHER_PRODUCT", "This tier belongs to another product. Subscribe to it instead.");
        if (IsOf(subscription, tier) && tier.BillingCycle == subscription.BillingCycle)
            throw ProblemException.Conflict("SAME_TIER", "This is the tier and cycle it has already.");
        if (now >= subscription.ExpiresAt)
            throw ProblemException.Conflict("PERIOD_ENDED", "The period has just ended and is being renewed. Ask again in a minute.");
    }

    // A tenant's own tier is another one than the platform's, also under the same code.
    private static bool IsOf(Subscription subscription, Tier tier) =>
        tier.Code == subscription.TierCode && tier.IsOwn == subscription.TierIsOwn;

    private static bool CostsMore(Subscription subscription, Tier tier) => IsOf(subscription, tier)
        ? tier.Price > subscription.FullPrice
        : tier.Amount * MonthsOf(subscription.BillingCycle) > subscription.Price * MonthsOf(tier.BillingCycle);

    private static int MonthsOf(BillingCycle cycle) => cycle == BillingCycle.Yearly ? 12 : 1;

    private async Task<Subscription> ChangeNowAsync(
        TenantTransaction transaction, Subscription before, Tier tier, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var left = await moves.LeftAsync(transaction, before, now, cancellationToken);
        var quote = Quote.Change(before, left, tier, now);
        var begins = before.Status != SubscriptionStatus.Trialing && tier.BillingCycle != before.BillingCycle;
        var changed = before.On(tier).In(quote.Billed, begins ? tier.BillingMode : before.BillingMode) with { CancelAtPeriodEnd = false };
        var charge = await moves.ChargeAsync(transaction, changed, before.ChargeId, quote, Charge.Change, now, cancellationToken);
        var after = await moves.MakeAsync(
            transaction, before, changed with { ChargeId = charge ?? before.ChargeId }, SubscriptionCommand.Change, actor,
            $"{before.TierCode} {before.BillingCycle} to {tier.Code} {tier.BillingCycle}".ToLowerInvariant(), now, cancellationToken);
        await carry.RunAsync(transaction, before, after, isPaid: !quote.Charged.IsZero, now, cancellationToken);
        await PublishAsync(transaction, before, tier.Code, now, now, cancellationToken);
        return after;
    }

    private async Task<Subscription> ScheduleAsync(
        TenantTransaction transaction, Subscription before, Tier tier, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Who plans what comes next wants something to come next.
        var changed = before with { NextTierId = tier.Id, CancelAtPeriodEnd = false, AutoRenew = true };
        var after = await moves.MakeAsync(
            transaction, before, changed, SubscriptionCommand.ScheduleChange, actor,
            $"to {tier.Code} {tier.BillingCycle} at the end of the period".ToLowerInvariant(), now, cancellationToken);
        await PublishAsync(transaction, before, tier.Code, before.ExpiresAt, now, cancellationToken);
        return after;
    }

    /// <summary>Tells that a period of another tier has begun, where it is another one.</summary>
    public static Task TellAsync(
        TenantTransaction transaction, Subscription before, Subscription after, DateTimeOffset effectiveAt, DateTimeOffset now,
        CancellationToken cancellationToken) => after.TierCode == before.TierCode
        ? Task.CompletedTask
        : PublishAsync(transaction, before, after.TierCode, effectiveAt, now, cancellationToken);

    private static Task PublishAsync(
        TenantTransaction transaction, Subscription before, string tier, DateTimeOffset effectiveAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.PublishAsync(
            new SubscriptionChanged(before.Id, before.UserId, before.TierCode, tier, effectiveAt, before.Product), now, cancellationToken);
}
