using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed record CancelSubscriptionRequest
{
    public Timing When { get; init; } = Timing.PeriodEnd;

    [StringLength(200)]
    public string? Reason { get; init; }
}

/// <summary>Ends a subscription when its period does, or now: what was paid for the days after the last on which it worked becomes credit.</summary>
public sealed class CancelSubscription(
    Database database, SubscriptionStore subscriptions, ChargeStore charges, HistoryStore history, Moves moves, TimeProvider time)
{
    public async Task<SubscriptionView> RunAsync(
        TenantId tenant, Guid id, Guid? owner, string actor, CancelSubscriptionRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var reason = request.Reason ?? "asked for";
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var after = request.When == Timing.Now
            ? await EndAsync(
                transaction, await moves.TakeAsync(transaction, id, owner, SubscriptionCommand.Cancel, cancellationToken), actor, reason, now, cancellationToken)
            : await ScheduleAsync(transaction, id, owner, actor, reason, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(after);
    }

    /// <summary>Ends whatever a user who is gone still has.</summary>
    public async Task RunAsync(UserDeleted deleted, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var id in await subscriptions.ListLiveAsync(transaction, deleted.UserId, cancellationToken))
        {
            if (await subscriptions.GetForUpdateAsync(transaction, id, owner: null, cancellationToken) is { } subscription
                && SubscriptionLifecycle.Next(subscription.Status, SubscriptionCommand.Cancel) is not null)
                await EndAsync(transaction, subscription, "users", "the account was deleted", time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>Ends a locked subscription now.</summary>
    public async Task<Subscription> EndAsync(
        TenantTransaction transaction, Subscription before, string actor, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var charge = before.ChargeId is { } id ? await charges.FindAsync(transaction, id, cancellationToken) : null;
        // What has not been paid so far need not be any more, beside its days; a period that has passed stays owed, if it worked.
        var isRunning = now < before.ExpiresAt;
        var withdrawn = (isRunning || before.Status == SubscriptionStatus.Pending) && charge is { IsUnpaid: true }
            ? await moves.WithdrawAsync(transaction, charge.Id, [ChargeStatus.Open, ChargeStatus.Overdue], invoice: null, now, cancellationToken)
            : null;
        if (before.Status is SubscriptionStatus.Active or SubscriptionStatus.Suspended && charge is not null && isRunning)
            await SettleAsync(transaction, before, charge, withdrawn is not null, now, cancellationToken);
        var after = await moves.MakeAsync(
            transaction, before, before with { ExpiresAt = isRunning ? now : before.ExpiresAt, NextTierId = null },
            SubscriptionCommand.Cancel, actor, reason, now, cancellationToken);
        await transaction.PublishAsync(
            new SubscriptionCancelled(after.Id, after.UserId, after.ExpiresAt, withdrawn?.Id, after.Product), now, cancellationToken);
        return after;
    }

    // What was paid is given back for the days after the last on which it worked. Where nothing was paid yet for a period that worked all the same, the
    // days that it worked are owed, less what a change took back of the charge before it.
    private async Task SettleAsync(
        TenantTransaction transaction, Subscription before, Charge charge, bool isWithdrawn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var worked = before.Status == SubscriptionStatus.Suspended
            ? await history.FindSuspensionAsync(transaction, before.Id, cancellationToken) ?? now
            : now;
        if (isWithdrawn && charge.OwesDays(worked))
            await moves.ChargeAsync(
                transaction, before, charge.CreditedChargeId, Quote.Used(before, await TakenAsync(transaction, charge, cancellationToken), worked), "cancel",
                now, cancellationToken, charge.Id);
        else if (!charge.IsUnpaid)
            await moves.ChargeAsync(
                transaction, before, charge.Id, Quote.Stop(before, charge.LeftFor(before.TierId, BusinessCalendar.DayOf(worked).End), worked), "cancel",
                now, cancellationToken);
    }

    // Of a charge that nobody owes any more there is nothing to be taken back. Of one that is owed again there is: Billing lowers that by it.
    private async Task<Charge> TakenAsync(TenantTransaction transaction, Charge charge, CancellationToken cancellationToken) =>
        charge.CreditedChargeId is { } earlier && await charges.FindAsync(transaction, earlier, cancellationToken) is { Status: ChargeStatus.Withdrawn }
            ? charge with { Credit = 0 }
            : charge;

    private async Task<Subscription> ScheduleAsync(
        TenantTransaction transaction, Guid id, Guid? owner, string actor, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = await moves.TakeAsync(transaction, id, owner, SubscriptionCommand.ScheduleCancel, cancellationToken);
        var after = await moves.MakeAsync(
            transaction, before, before with { CancelAtPeriodEnd = true, NextTierId = null }, SubscriptionCommand.ScheduleCancel, actor, reason,
            now, cancellationToken);
        await transaction.PublishAsync(
            new SubscriptionCancelled(after.Id, after.UserId, after.ExpiresAt, Product: after.Product), now, cancellationToken);
        return after;
    }
}
