using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Analytics;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>An invoice is paid: the subscription begins to work, or works again. Money for one that has ended meanwhile becomes credit.</summary>
public sealed class SettleCharge(
    SubscriptionStore subscriptions, ChargeStore charges, Moves moves, RenewPeriod renew, Figures figures, TimeProvider time)
{
    private static readonly ChargeStatus[] Unpaid = [ChargeStatus.Open, ChargeStatus.Overdue];

    public async Task RunAsync(InvoicePaid paid, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        if (paid.SubscriptionId is not { } id
            || await subscriptions.GetForUpdateAsync(transaction, id, owner: null, cancellationToken) is not { } subscription)
            return;

        // The clock of the app that made the invoice may be ahead of ours.
        var now = Latest(time.GetUtcNow(), paid.PaidAt);
        subscription = await renew.CatchUpAsync(transaction, subscription, paid.ChargeId, now, cancellationToken);
        var chargeId = paid.ChargeId ?? subscription.ChargeId;
        // The bank has taken it back already, and this news was overtaken by that.
        if (chargeId is { } told && !await charges.HearAsync(transaction, told, paid.Reopenings, cancellationToken))
            return;
        if (chargeId is { } charge)
            await PayAsync(transaction, subscription, charge, paid, now, cancellationToken);

        var reason = $"invoice {paid.Number} was paid";
        if (subscription.Status == SubscriptionStatus.Pending)
            await ActivateAsync(transaction, subscription, reason, now, cancellationToken);
        else if (subscription.Status == SubscriptionStatus.Suspended)
            await ReinstateAsync(transaction, subscription, reason, now, cancellationToken);
    }

    /// <summary>Lets a suspended subscription work again once nothing is overdue any more.</summary>
    public async Task ReinstateAsync(
        TenantTransaction transaction, Subscription subscription, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await charges.HasOverdueAsync(transaction, subscription.Id, cancellationToken))
            await moves.MakeAsync(
                transaction, subscription, subscription, SubscriptionCommand.Reinstate, Actor.Billing, reason, now, cancellationToken);
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private async Task PayAsync(
        TenantTransaction transaction, Subscription subscription, Guid id, InvoicePaid paid, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var discount = paid.Discount?.Amount ?? 0;
        var inTime = await charges.MoveAsync(transaction, id, Unpaid, ChargeStatus.Paid, paid.InvoiceId, now, cancellationToken, discount);
        var late = inTime is null
            ? await charges.MoveAsync(
                transaction, id, [ChargeStatus.Withdrawn], ChargeStatus.Paid, paid.InvoiceId, now, cancellationToken, discount)
            : null;
        if (inTime is not null)
            await figures.EarnedAsync(transaction, subscription, inTime, inTime.RevenueUsd, now, cancellationToken);
        if (late is null)
            return;

        // Its whole price comes in and goes back: nothing is earned.
        await figures.EarnedAsync(transaction, subscription, (late with { Credit = 0 }).RevenueUsd, now, cancellationToken);
        await GiveBackAsync(transaction, subscription, late, paid, now, cancellationToken);
    }

    private async Task ActivateAsync(
        TenantTransaction transaction, Subscription subscription, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = await moves.MakeAsync(
            transaction, subscription, subscription, SubscriptionCommand.Activate, Actor.Billing, reason, now, cancellationToken);
        await transaction.PublishAsync(
            new SubscriptionActivated(active.Id, active.UserId, active.TierCode, active.TierName, active.PeriodStart, active.ExpiresAt, active.Product),
            now, cancellationToken);
    }

    private Task GiveBackAsync(
        TenantTransaction transaction, Subscription subscription, Charge charge, InvoicePaid paid, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // By its price, of which Billing gives back what came for it. What it had taken of the charge before it was given back to that one already.
        var credit = charge.Left;
        var period = new Period(charge.PeriodStart, charge.PeriodEnd);
        var line = new ChargeLine($"Paid after it had ended: invoice {paid.Number}", 1, -credit, -credit);
        var quote = new Quote(
            new BilledPeriod(period, subscription.AnchorDay, period), charge.PeriodStart, Money.Zero(credit.Currency), credit, [line]);
        return moves.ChargeAsync(
            transaction, subscription, charge.Id, quote, "late_payment", now, cancellationToken,
            replacedCharge: charge.CreditedChargeId is null ? null : charge.Id);
    }
}
