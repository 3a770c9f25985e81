using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>
/// A person was forgotten. His invoices and what was paid of them are kept, as the law asks; they name him by his id only, and nothing is
/// charged to him any more.
/// </summary>
public sealed class StopCollecting(CollectionStore collection, BillingTime time)
{
    public Task RunAsync(UserDeleted deleted, TenantTransaction transaction, CancellationToken cancellationToken) =>
        collection.StopAsync(transaction, deleted.UserId, time.GetUtcNow(), cancellationToken);
}
