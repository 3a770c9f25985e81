using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Lifecycle;

namespace ServerlessBusiness.Subscriptions.Plans;

/// <summary>Adds a tier to those of a tenant, or a version to one of them. Running periods keep what they have.</summary>
public sealed class DraftTier(Database database, TierStore tiers, SubscriptionStore subscriptions, TimeProvider time)
{
    /// <summary>The number of the version that was made.</summary>
    public async Task<int> RunAsync(
        TenantId tenant, string code, BillingCycle cycle, TierRequest request, bool isNew, CancellationToken cancellationToken)
    {
        var draft = TierDraft.Of(code, cycle, request, time.GetUtcNow());
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var product = await tiers.FindProductAsync(transaction, code, cycle, cancellationToken);
        if (isNew && product is not null)
            throw ProblemException.Conflict("TIER_EXISTS", "This tenant has a tier of that code and cycle. PUT adds a version to it.");
        if (!isNew && product is null)
            throw ProblemException.NotFound("TIER_NOT_FOUND", "This tenant has no tier of that code and cycle of its own.");
        // Subscriptions keep the product they began with: beside one that has moved to another its user could have a second.
        if (product is not null && request.Product is { } other && other != product)
            throw ProblemException.Unprocessable("OTHER_PRODUCT", $"This tier belongs to the product {product}, and so do its versions.");

        var version = await tiers.InsertVersionAsync(transaction, draft with { Product = product ?? draft.Product }, cancellationToken);
        if (!isNew)
            await subscriptions.ForgetTermsAsync(transaction, code, cycle, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return version;
    }
}
