using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>Goes through what is due of one tenant after the other, a page at a time.</summary>
public sealed partial class TenantPages(DunningPolicyStore policies, ILogger<TenantPages> logger)
{
    /// <param name="page">Does a page of a tenant, and says how much it found.</param>
    /// <param name="full">So much is a whole page, after which there may be another.</param>
    public async Task RunAsync(
        IReadOnlyList<TenantId> tenants, int full, Func<TenantId, DunningPolicy, Task<int>> page, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants)
        {
            try
            {
                await RunAsync(tenant, full, policy => page(tenant, policy), cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // What is due stays due: the next run finds it, and the tenants behind this one need not wait.
                LogFailure(exception, tenant.Value);
            }
        }
    }

    /// <summary>Goes through what is due of one tenant; what fails is the caller's to know.</summary>
    public async Task RunAsync(TenantId tenant, int full, Func<DunningPolicy, Task<int>> page, CancellationToken cancellationToken)
    {
        var policy = await policies.FindAsync(tenant, cancellationToken);
        while (await page(policy) == full)
        {
        }
    }

    [LoggerMessage(LogLevel.Error, "The unpaid invoices of tenant {Tenant} could not be gone through.")]
    private partial void LogFailure(Exception exception, string tenant);
}
