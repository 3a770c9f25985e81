using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>Lets billing runs bill a subscription again that they leave out.</summary>
public sealed class ReleaseParked(Database database, AgreementStore agreements, HistoryStore history, BillingTime time)
{
    public async Task RunAsync(TenantId tenant, Guid subscription, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var user = await agreements.ReleaseAsync(transaction, subscription, now, cancellationToken)
            ?? throw ProblemException.NotFound("NOT_PARKED", "This subscription is not parked.");
        await history.AddAsync(transaction, user, "subscription_released", new { subscriptionId = subscription, actor }, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
