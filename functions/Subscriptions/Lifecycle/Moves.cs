using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Analytics;
using ServerlessBusiness.Subscriptions.Entitlements;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>The one way in which a subscription changes: locked, allowed by the lifecycle, written with who and why, and billed.</summary>
public sealed class Moves(
    SubscriptionStore subscriptions, ChargeStore charges, HistoryStore history, Figures figures, TellTerms tell, EntitlementCache entitlements)
{
    /// <summary>The subscription, locked; with an owner given, only if it is his.</summary>
    /// <exception cref="ProblemException">404 when there is none, 409 when it may not make this move.</exception>
    public async Task<Subscription> TakeAsync(
        TenantTransaction transaction, Guid id, Guid? owner, SubscriptionCommand command, CancellationToken cancellationToken)
    {
        var subscription = await subscriptions.GetForUpdateAsync(transaction, id, owner, cancellationToken)
            ?? throw ProblemException.NotFound("SUBSCRIPTION_NOT_FOUND", "There is no such subscription.");
        return SubscriptionLifecycle.Next(subscription.Status, command) is null ? throw Refusal(subscription.Status, command) : subscription;
    }

    public static ProblemException Refusal(SubscriptionStatus status) => ProblemException.Conflict(
        "SUBSCRIPTION_STATE", $"This subscription is {status.ToString().ToLowerInvariant()}, from where it cannot do that.");

    /// <summary>Writes the move and tells Billing its terms; the status after it is the lifecycle's.</summary>
    public Task<Subscription> MakeAsync(
        TenantTransaction transaction, Subscription before, Subscription changed, SubscriptionCommand command, string actor, string reason,
        DateTimeOffset now, CancellationToken cancellationToken) =>
        MakeAsync(transaction, before, changed, command, renewed: null, actor, reason, now, cancellationToken);

    /// <inheritdoc cref="MakeAsync(TenantTransaction, Subscription, Subscription, SubscriptionCommand, string, string, DateTimeOffset, CancellationToken)"/>
    /// <param name="renewed">What Billing has to have billed for the period that this move begins.</param>
    public async Task<Subscription> MakeAsync(
        TenantTransaction transaction, Subscription before, Subscription changed, SubscriptionCommand command, Quote? renewed, string actor,
        string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = SubscriptionLifecycle.Next(before.Status, command)
            ?? throw new InvalidOperationException($"{command} is not allowed from {before.Status}.");
        var after = changed with { Status = status };
        var version = await subscriptions.UpdateAsync(transaction, after, now, cancellationToken);
        await tell.RunAsync(transaction, after, version, renewed, now, cancellationToken);
        await history.AddAsync(
            transaction, after.Id, command.ToString().ToLowerInvariant(), before.Status, status, actor, reason, now, cancellationToken);
        await figures.MovedAsync(transaction, before, after, now, cancellationToken);
        transaction.AfterCommit(() => entitlements.Forget(transaction.Tenant, after));
        return after;
    }

    /// <summary>What is left of the running period's charge to give back for the days from then on.</summary>
    /// <exception cref="ProblemException">409 while it is not paid: nobody could say what a change would cost.</exception>
    public async Task<Money> LeftAsync(
        TenantTransaction transaction, Subscription subscription, DateTimeOffset from, CancellationToken cancellationToken) =>
        LeftOf(subscription, subscription.ChargeId is { } id ? await charges.FindAsync(transaction, id, cancellationToken) : null, from);

    /// <inheritdoc cref="LeftAsync"/>
    public static Money LeftOf(Subscription subscription, Charge? charge, DateTimeOffset from)
    {
        if (charge is { IsUnpaid: true })
            throw ProblemException.Conflict("PAYMENT_OPEN", "The invoice of the running period is not paid yet. Pay it first.");
        return charge?.LeftFor(subscription.TierId, from) ?? Money.Zero(subscription.FullPrice.Currency);
    }

    /// <summary>Withdraws an open charge and gives the one before it back what it had taken; null when it is not open.</summary>
    public async Task<Charge?> WithdrawAsync(
        TenantTransaction transaction, Guid id, ChargeStatus[] from, Guid? invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var withdrawn = await charges.MoveAsync(transaction, id, from, ChargeStatus.Withdrawn, invoice, now, cancellationToken);
        if (withdrawn is { CreditedChargeId: { } credited })
            await charges.GiveBackAsync(transaction, credited, withdrawn.Credit, now, cancellationToken);
        return withdrawn;
    }

    /// <summary>Notes what the quote charges and takes back, and has it billed; null when there is nothing to bill.</summary>
    /// <param name="replacedCharge">A withdrawn charge in whose place it stands.</param>
    public async Task<Guid?> ChargeAsync(
        TenantTransaction transaction, Subscription after, Guid? creditedCharge, Quote quote, string reason, DateTimeOffset now,
        CancellationToken cancellationToken, Guid? replacedCharge = null)
    {
        if (quote.IsFree)
            return null;

        var creditedRate = 0m;
        if (!quote.Credit.IsZero)
            creditedRate = creditedCharge is { } earlier
                && await charges.CreditAsync(transaction, earlier, quote.Credit.Amount, now, cancellationToken) is { } rate
                ? rate
                : throw new InvalidOperationException($"{quote.Credit} cannot be taken back from charge {creditedCharge}.");
        var charge = await NoteAsync(transaction, after, Guid.CreateVersion7(now), quote, reason, creditedCharge, creditedRate, now, cancellationToken);
        if (charge.Status == ChargeStatus.Paid)
            await figures.EarnedAsync(transaction, after, charge.RevenueUsd, now, cancellationToken);
        await transaction.PublishAsync(
            new SubscriptionChargeDue(
                charge.Id, after.Id, after.UserId, reason, charge.PeriodStart, charge.PeriodEnd, quote.Lines,
                charge.CreditedChargeId, replacedCharge),
            now, cancellationToken);
        return charge.Id;
    }

    /// <summary>Notes the charge of a quote without having it billed.</summary>
    /// <param name="creditedCharge">From which charge the quote's credit is taken back.</param>
    /// <param name="creditedRate">What the currency is worth there, and here where the subscription itself costs nothing.</param>
    public async Task<Charge> NoteAsync(
        TenantTransaction transaction, Subscription subscription, Guid id, Quote quote, string reason, Guid? creditedCharge, decimal creditedRate,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Nothing is left to be paid where the credit covers it all; Billing says so when the credit is worth less than this.
        var isOpen = quote.Charged > quote.Credit;
        var charge = new Charge(
            id, subscription.Id, subscription.TierId, reason, quote.From, quote.Billed.Period.End,
            subscription.Currency, quote.Charged.Amount, 0, quote.Credit.Amount, isOpen ? ChargeStatus.Open : ChargeStatus.Paid,
            subscription.UsdRate ?? creditedRate, creditedRate, quote.Credit.IsZero ? null : creditedCharge, isOpen ? 0 : Charge.NoInvoice);
        await charges.InsertAsync(transaction, charge, now, cancellationToken);
        return charge;
    }

    private static ProblemException Refusal(SubscriptionStatus status, SubscriptionCommand command) =>
        command == SubscriptionCommand.ScheduleCancel && SubscriptionLifecycle.Next(status, SubscriptionCommand.Cancel) is not null
            ? ProblemException.Conflict(
                "SUBSCRIPTION_STATE", $"This subscription is {status.ToString().ToLowerInvariant()}: no period runs out. Cancel it with \"when\": \"now\".")
            : Refusal(status);
}
