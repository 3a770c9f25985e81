using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>The tenants that live by a clock of their own. Production has none, whatever stands in its tables, and asks nobody for them.</summary>
public sealed class TenantClocks(TestClockStore clocks, BillingTime billing, TimeProvider real, IHostEnvironment environment)
{
    /// <summary>Does something for a tenant by the tenant's time.</summary>
    public async Task RunAsync(TenantId tenant, Func<Task> work, CancellationToken cancellationToken) =>
        await RunAsync(environment.IsProduction() ? null : await clocks.FindAsync(tenant, cancellationToken), work);

    /// <summary>The same in a transaction that is open already: who holds one connection asks for no other.</summary>
    public async Task RunAsync(TenantTransaction transaction, Func<Task> work, CancellationToken cancellationToken) =>
        await RunAsync(environment.IsProduction() ? null : await clocks.FindAsync(transaction, cancellationToken), work);

    /// <summary>Whom the timers of the real time leave out: their clocks alone drive them.</summary>
    public async Task<IReadOnlyList<TenantId>> ListAsync(CancellationToken cancellationToken) =>
        environment.IsProduction() ? [] : await clocks.ListAcrossTenantsAsync(cancellationToken);

    /// <exception cref="ProblemException">404 in production.</exception>
    public void RequireAllowed()
    {
        if (environment.IsProduction())
            throw ProblemException.NotFound("NO_TEST_CLOCKS", "Production has no test clocks: there every tenant lives by the real time.");
    }

    private Task RunAsync(TestClock? clock, Func<Task> work) => clock is null ? work() : billing.RunAtAsync(clock.At(real.GetUtcNow()), work);
}
