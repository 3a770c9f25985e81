using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>
/// Once a day begins each tenant's report: its payments that changed the day before, and some of those settled in the last months, whose refunds and
/// chargebacks come late, are to be held against the provider's books. <see cref="CompareBooks"/> does that, as long as it takes.
/// </summary>
public sealed partial class WriteReports(ReportStore reports, DueCheckStore due, TimeProvider time, ILogger<WriteReports> logger)
{
    // So many days back are made up for when the timer did not run.
    private const int DaysBack = 3;

    private const int RecentDays = 90;
    private const int DaysAsked = 7;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        await due.GiveUpAcrossTenantsAsync(today.AddDays(-DaysAsked), cancellationToken);
        for (var day = today.AddDays(-DaysBack); day < today; day = day.AddDays(1))
        {
            var isNewest = day == today.AddDays(-1);
            var reported = new ReportedDay(day, StartOf(day), StartOf(day.AddDays(1)), isNewest ? StartOf(day.AddDays(-RecentDays)) : null);
            foreach (var tenant in await reports.ListOwingAcrossTenantsAsync(reported, cancellationToken))
                await TryAsync(tenant, reported, cancellationToken);
        }
    }

    private async Task TryAsync(TenantId tenant, ReportedDay day, CancellationToken cancellationToken)
    {
        try
        {
            await reports.BeginAsync(tenant, day, time.GetUtcNow(), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The next run begins it; the tenants behind must not wait for that.
            LogFailure(exception, day.Day, tenant.Value);
        }
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Error, "The report of {Day} of tenant {Tenant} could not be begun.")]
    private partial void LogFailure(Exception exception, DateOnly day, string tenant);
}
