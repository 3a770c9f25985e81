using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed record AutoRenewRequest
{
    [Required]
    public bool? Enabled { get; init; }
}

/// <summary>Decides about the end of the running period: renew or not, or take back what was to happen then.</summary>
public sealed class AdjustRenewal(Database database, Moves moves, TimeProvider time)
{
    public Task<SubscriptionView> SetAutoRenewAsync(
        TenantId tenant, Guid id, Guid? owner, string actor, bool enabled, CancellationToken cancellationToken) =>
        RunAsync(
            tenant, id, owner, SubscriptionCommand.SetAutoRenew, actor, enabled ? "renews" : "does not renew",
            // Where no period follows, no other tier does either.
            subscription => subscription with { AutoRenew = enabled, NextTierId = enabled ? subscription.NextTierId : null }, cancellationToken);

    /// <summary>Takes back a cancellation or change that waits for the end of the period.</summary>
    public Task<SubscriptionView> UndoAsync(TenantId tenant, Guid id, Guid? owner, string actor, CancellationToken cancellationToken) =>
        RunAsync(
            tenant, id, owner, SubscriptionCommand.Undo, actor, "taken back before it took effect",
            subscription => subscription.CancelAtPeriodEnd || subscription.NextTierId is not null
                ? subscription with { CancelAtPeriodEnd = false, NextTierId = null }
                : throw ProblemException.Conflict("NOTHING_TO_UNDO", "Nothing is going to happen at the end of the period."),
            cancellationToken);

    private async Task<SubscriptionView> RunAsync(
        TenantId tenant, Guid id, Guid? owner, SubscriptionCommand command, string actor, string reason,
        Func<Subscription, Subscription> change, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var before = await moves.TakeAsync(transaction, id, owner, command, cancellationToken);
        if (now >= before.ExpiresAt)
            throw ProblemException.Conflict("PERIOD_ENDED", "The period has just ended; what was to happen then is happening.");
        var changed = change(before);
        if (changed == before)
            return SubscriptionView.Of(before);
        var after = await moves.MakeAsync(transaction, before, changed, command, actor, reason, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(after);
    }
}
