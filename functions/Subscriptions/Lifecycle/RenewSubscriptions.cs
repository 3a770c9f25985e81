using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Does what is due by the clock, as far as there is time: renewals with what was scheduled for them, ends of periods, first payments that
/// never came.</summary>
public sealed partial class RenewSubscriptions(
    Database database, SubscriptionStore subscriptions, Moves moves, RenewPeriod renew, CancelSubscription cancel, TimeProvider time,
    ILogger<RenewSubscriptions> logger)
{
    private const int AtOnce = 200;
    private const int SideBySide = 4;

    // With a page more, and the terms that are told after it, within the five minutes that a function may take. What is left is still due in the
    // next minute.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (started, now) = (time.GetTimestamp(), time.GetUtcNow());
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        SubscriptionReference? last = null;
        IReadOnlyList<SubscriptionReference> due;
        do
        {
            due = await subscriptions.ListDueAcrossTenantsAsync(now, now - RenewalDecision.PaymentAwaited, last, AtOnce, cancellationToken);
            await Parallel.ForEachAsync(due, sideBySide, (reference, token) => TryAsync(reference, now, token));
            last = due.LastOrDefault();
        }
        while (due.Count == AtOnce && time.GetElapsedTime(started) < Longest);
    }

    private async ValueTask TryAsync(SubscriptionReference reference, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            // After a long pause several periods have passed; each is billed.
            while (await StepAsync(reference, now, cancellationToken))
            {
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It is still due and the next run finds it again; the others behind it must not wait for that.
            LogFailure(exception, reference.Id);
        }
    }

    // One move of one subscription, if one is due; whether another may follow.
    private async Task<bool> StepAsync(SubscriptionReference reference, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(reference.Tenant, cancellationToken);
        if (await subscriptions.GetForUpdateAsync(transaction, reference.Id, owner: null, cancellationToken) is not { } subscription)
            return false;

        var command = RenewalDecision.Of(subscription, now);
        switch (command)
        {
            case SubscriptionCommand.Renew:
                await renew.RunAsync(transaction, subscription, now, cancellationToken);
                break;
            case SubscriptionCommand.Expire:
                await ExpireAsync(transaction, subscription, now, cancellationToken);
                break;
            case SubscriptionCommand.Cancel:
                await cancel.EndAsync(transaction, subscription, Actor.Timer, "the period ended", now, cancellationToken);
                break;
            default:
                return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return command == SubscriptionCommand.Renew;
    }

    private async Task ExpireAsync(TenantTransaction transaction, Subscription before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isUnpaid = before.Status == SubscriptionStatus.Pending;
        var withdrawn = isUnpaid && before.ChargeId is { } charge
            ? await moves.WithdrawAsync(transaction, charge, [ChargeStatus.Open, ChargeStatus.Overdue], invoice: null, now, cancellationToken)
            : null;
        await moves.MakeAsync(
            transaction, before, before with { NextTierId = null }, SubscriptionCommand.Expire, Actor.Timer,
            isUnpaid ? "the first invoice was not paid in time" : "the period ended", now, cancellationToken);
        await transaction.PublishAsync(
            new SubscriptionExpired(before.Id, before.UserId, isUnpaid ? now : before.ExpiresAt, withdrawn?.Id, before.Product), now, cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Subscription {SubscriptionId} could not be renewed or ended.")]
    private partial void LogFailure(Exception exception, Guid subscriptionId);
}
