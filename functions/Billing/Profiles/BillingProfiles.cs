using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Profiles;

/// <summary>The profile of each tenant, its own or the default.</summary>
public sealed class BillingProfiles(BillingProfileStore store, TenantDirectory tenants)
{
    public async Task<BillingProfile> GetAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await store.FindAsync(tenant, cancellationToken) ?? BillingProfile.DefaultOf(
            await tenants.FindAsync(tenant, cancellationToken)
            ?? throw ProblemException.NotFound("TENANT_NOT_FOUND", "There is no tenant of that name."));
}
