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
    private const int AtOnce = 50;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await DrainAsync(due.TakeAcrossTenantsAsync, LookUpAsync, cancellationToken);
        await DrainAsync(
            refunds.TakeDueAcrossTenantsAsync, reference => completeRefund.FinishAsync(reference.Tenant, reference.Id, cancellationToken), cancellationToken);
        await DrainAsync(
            unlinks.TakeDueAcrossTenantsAsync, reference => unlinkWallet.RunAsync(reference.Tenant, reference.Id, cancellationToken), cancellationToken);

        async Task LookUpAsync(PaymentReference reference)
        {
            if (await payments.FindAsync(reference.Tenant, reference.Id, cancellationToken) is { Status: PaymentStatus.Pending } payment)
                await FinishAsync(reference.Tenant, payment, cancellationToken);
        }
    }

    private async Task DrainAsync(
        Func<DateTimeOffset, int, CancellationToken, Task<IReadOnlyList<PaymentReference>>> take, Func<PaymentReference, Task> work,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<PaymentReference> taken;
        do
        {
            taken = await take(time.GetUtcNow(), AtOnce, cancellationToken);
            foreach (var reference in taken)
                await TryAsync(reference, work, cancellationToken);
        }
        while (taken.Count == AtOnce);
    }

    private async Task TryAsync(PaymentReference reference, Func<PaymentReference, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(reference);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its next lookup is set already; the others behind it must not wait for that.
            LogFailure(exception, reference.Id);
        }
    }

    private Task FinishAsync(TenantId tenant, Payment payment, CancellationToken cancellationToken) => payment.CancelRequestedAt is null
        ? place.FinishAsync(tenant, payment, ChargeInput.None, "reconciliation", time.GetUtcNow(), cancellationToken)
        : cancelCharge.RunAsync(tenant, payment, cancellationToken);

    [LoggerMessage(LogLevel.Error, "{Id} could not be looked up.")]
    private partial void LogFailure(Exception exception, Guid id);
}
