using Microsoft.Extensions.Logging;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>Starts a run, or gives one that is running another push: its first message leaves with it, the others follow each other.</summary>
public sealed partial class StartBillingRun(
    Database database, AgreementStore agreements, BillingRunStore runs, TenantClocks clocks, BillingTime time, ILogger<StartBillingRun> logger)
{
    /// <param name="sends">False for a caller who does the run's work himself.</param>
    public async Task<BillingRun> RunAsync(TenantId tenant, RunTrigger trigger, CancellationToken cancellationToken, bool sends = true)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var run = await runs.StartAsync(transaction, trigger, now, cancellationToken);
        if (sends)
            await SendAsync(transaction, run, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return run;
    }

    // Where more than a page is due, one worker reads and composes while the other has the counter of the invoices' numbers.
    private async Task SendAsync(TenantTransaction transaction, BillingRun run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var page = new BillingRunPage(run.Id);
        var isLong = await agreements.HasMoreDueThanAsync(transaction, run.AsOf, RunBillingPages.PageSize, cancellationToken);
        await transaction.SendAsync(Topology.BillingRunPages, isLong ? [page, page] : [page], now, availableAt: null, cancellationToken);
    }

    /// <summary>A run for every tenant that has something due.</summary>
    public async Task RunAcrossTenantsAsync(RunTrigger trigger, CancellationToken cancellationToken)
    {
        var due = await agreements.ListTenantsWithDueAcrossTenantsAsync(time.GetUtcNow(), cancellationToken);
        foreach (var tenant in due.Except(await clocks.ListAsync(cancellationToken)))
        {
            try
            {
                await RunAsync(tenant, trigger, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // What is due stays due: the next timer finds it, and the tenants behind this one need not wait.
                LogFailure(exception, tenant.Value);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The billing run of tenant {Tenant} could not be started.")]
    private partial void LogFailure(Exception exception, string tenant);
}
