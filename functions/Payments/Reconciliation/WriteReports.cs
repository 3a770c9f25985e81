using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>
/// Once a day each tenant's payments that changed the day before are held against the provider's books. What the provider tells is applied where it
/// is a move there is; every difference is listed, repaired or not.
/// </summary>
public sealed partial class WriteReports(
    ReportStore reports, PaymentStore payments, IPaymentProvider provider, MerchantAccountBook accounts, MovePayment move, TimeProvider time,
    ILogger<WriteReports> logger)
{
    // So many days back are made up for when the timer did not run.
    private const int DaysBack = 3;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        for (var day = today.AddDays(-DaysBack); day < today; day = day.AddDays(1))
        {
            var (from, until) = (StartOf(day), StartOf(day.AddDays(1)));
            foreach (var tenant in await reports.ListOwingAcrossTenantsAsync(day, from, until, cancellationToken))
                await WriteAsync(tenant, day, from, until, cancellationToken);
        }
    }

    private async Task WriteAsync(TenantId tenant, DateOnly day, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var touched = await reports.ListTouchedAsync(tenant, from, until, cancellationToken);
        var (agreed, unclear, differences) = (0, 0, new List<Difference>());
        foreach (var id in touched)
        {
            var found = await CompareAsync(tenant, id, cancellationToken);
            if (found is null)
                unclear++;
            else if (found.Count == 0)
                agreed++;
            else
                differences.AddRange(found);
        }

        await reports.InsertAsync(
            tenant, new ReconciliationReport(day, touched.Count, agreed, unclear, differences, time.GetUtcNow()), cancellationToken);
        if (differences.Count > 0)
            LogDifferences(day, tenant.Value, differences.Count, differences.Count(difference => !difference.Repaired));
    }

    private async Task<IReadOnlyList<Difference>?> CompareAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(tenant, id, cancellationToken)
            ?? throw new InvalidOperationException($"There is no payment {id}.");
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        var outcome = await provider.FindAsync(account, payment, cancellationToken);
        var differences = Difference.Between(payment, outcome);
        if (differences is not { Count: > 0 } || outcome is not ProviderOutcome.Accepted { Report: var report })
            return differences;
        var moved = await move.ApplyAsync(tenant, id, report, "daily report", time.GetUtcNow(), cancellationToken);
        return moved == MoveOutcome.Applied ? [.. differences.Select(difference => difference with { Repaired = true })] : differences;
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Warning, "On {Day} the provider's books differed from those of tenant {Tenant} in {Count} points, of which {Open} are open.")]
    private partial void LogDifferences(DateOnly day, string tenant, int count, int open);
}
