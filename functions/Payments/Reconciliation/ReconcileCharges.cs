using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>
/// Asks the provider about payments that have been pending for a while, at growing delays: a lost notification loses no payment, an open
/// charge gets its answer, and a cancellation that failed is tried again. Refunds whose answer was lost, and wallets that are still linked, likewise.
/// </summary>
public sealed partial class ReconcileCharges(
    DuePaymentStore due, PaymentStore payments, RefundStore refunds, WalletUnlinkStore unlinks, PlaceCharge place, CancelCharge cancelCharge,
    CompleteRefund completeRefund, UnlinkWallet unlinkWallet, TimeProvider time, ILogger<ReconcileCharges> logger)
{
    private const int AtOnce = 10;
    private const int SideBySide = 5;

    // With the last page's calls, each of which may take half a minute, within the five minutes that a function may take.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var end = time.GetUtcNow() + Longest;
        return Turns.TakeAsync(
            () => time.GetUtcNow() >= end,
            () => TakePageAsync(due.TakeAcrossTenantsAsync, LookUpAsync, cancellationToken),
            () => TakePageAsync(
                refunds.TakeDueAcrossTenantsAsync, (refund, token) => new(completeRefund.FinishAsync(refund.Tenant, refund.Id, token)), cancellationToken),
            () => TakePageAsync(
                unlinks.TakeDueAcrossTenantsAsync, (wallet, token) => new(unlinkWallet.RunAsync(wallet.Tenant, wallet.Id, token)), cancellationToken));
    }

    private async ValueTask LookUpAsync(PaymentReference reference, CancellationToken cancellationToken)
    {
        if (await payments.FindAsync(reference.Tenant, reference.Id, cancellationToken) is { Status: PaymentStatus.Pending } payment)
            await FinishAsync(reference.Tenant, payment, cancellationToken);
    }

    // Whether there may be more.
    private async Task<bool> TakePageAsync(
        Func<DateTimeOffset, int, CancellationToken, Task<IReadOnlyList<PaymentReference>>> take,
        Func<PaymentReference, CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        var taken = await take(time.GetUtcNow(), AtOnce, cancellationToken);
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(taken, sideBySide, (reference, token) => TryAsync(reference, work, token));
        return taken.Count == AtOnce;
    }

    private async ValueTask TryAsync(
        PaymentReference reference, Func<PaymentReference, CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(reference, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its next lookup is set already; the others behind it must not wait for that.
            LogFailure(exception, reference.Id);
        }
    }

    private Task FinishAsync(TenantId tenant, Payment payment, CancellationToken cancellationToken) => payment.CancelRequestedAt is null
        ? place.FinishAsync(tenant, payment, ChargeInput.None, "reconciliation", cancellationToken)
        : cancelCharge.RunAsync(tenant, payment, cancellationToken);

    [LoggerMessage(LogLevel.Error, "{Id} could not be looked up.")]
    private partial void LogFailure(Exception exception, Guid id);
}
