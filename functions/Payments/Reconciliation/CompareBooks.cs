using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>
/// Holds payments against the provider's books, as the reports that were begun ask for. What the provider tells is applied where it is a move there
/// is; every difference is listed, repaired or not. What it does not tell now is asked again later, and what a run leaves the next one takes.
/// </summary>
public sealed partial class CompareBooks(
    DueCheckStore due, ReportStore reports, PaymentStore payments, IPaymentProvider provider, MerchantAccountBook accounts, MovePayment move,
    TimeProvider time, ILogger<CompareBooks> logger)
{
    private const int AtOnce = 20;
    private const int SideBySide = 5;

    // With the last page's calls well within the five minutes that a function may take.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var end = time.GetUtcNow() + Longest;
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        IReadOnlyList<ReportCheck> taken;
        do
        {
            taken = await due.TakeAcrossTenantsAsync(time.GetUtcNow(), AtOnce, cancellationToken);
            await Parallel.ForEachAsync(taken, sideBySide, TryAsync);
        }
        while (taken.Count == AtOnce && time.GetUtcNow() < end);
    }

    private async ValueTask TryAsync(ReportCheck check, CancellationToken cancellationToken)
    {
        try
        {
            if (await CompareAsync(check, cancellationToken) is not { } differences)
                return;
            await reports.FinishAsync(check.Tenant, check, differences, time.GetUtcNow(), cancellationToken);
            if (differences.Count > 0)
                LogDifferences(check.PaymentId, check.Tenant.Value, differences.Count, differences.Count(difference => !difference.Repaired));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its next try is set already; the others, and the other tenants, must not wait for that.
            LogFailure(exception, check.PaymentId, check.Tenant.Value);
        }
    }

    // Null when the provider could not be asked.
    private async Task<IReadOnlyList<Difference>?> CompareAsync(ReportCheck check, CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(check.Tenant, check.PaymentId, cancellationToken)
            ?? throw new InvalidOperationException($"There is no payment {check.PaymentId}.");
        var account = await accounts.OfPaymentAsync(check.Tenant, payment.MerchantAccountId, cancellationToken);
        var outcome = await provider.FindAsync(account, payment, cancellationToken);
        var differences = Difference.Between(payment, outcome);
        if (differences is not { Count: > 0 } || outcome is not ProviderOutcome.Accepted { Report: var report })
            return differences;
        var moved = await move.ApplyAsync(check.Tenant, payment.Id, report, "daily report", time.GetUtcNow(), cancellationToken);
        return moved == MoveOutcome.Applied ? [.. differences.Select(difference => difference with { Repaired = true })] : differences;
    }

    [LoggerMessage(LogLevel.Warning, "The provider's books differ from payment {PaymentId} of tenant {Tenant} in {Count} points, of which {Open} are open.")]
    private partial void LogDifferences(Guid paymentId, string tenant, int count, int open);

    [LoggerMessage(LogLevel.Error, "Payment {PaymentId} of tenant {Tenant} could not be compared.")]
    private partial void LogFailure(Exception exception, Guid paymentId, string tenant);
}
