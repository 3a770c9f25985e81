using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>
/// Asks Midtrans about payments that have been pending for a while, at growing delays: a lost notification loses no payment, an open
/// charge gets its answer, and a cancellation that failed is tried again.
/// </summary>
public sealed partial class ReconcileCharges(
    PaymentStore payments, PlaceCharge place, CancelCharge cancelCharge, TimeProvider time, ILogger<ReconcileCharges> logger)
{
    private const int AtOnce = 50;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<PaymentReference> due;
        do
        {
            due = await payments.TakeDueAcrossTenantsAsync(time.GetUtcNow(), AtOnce, cancellationToken);
            foreach (var reference in due)
                await LookUpAsync(reference, cancellationToken);
        }
        while (due.Count == AtOnce);
    }

    private async Task LookUpAsync(PaymentReference reference, CancellationToken cancellationToken)
    {
        try
        {
            if (await payments.FindAsync(reference.Tenant, reference.Id, cancellationToken) is { Status: PaymentStatus.Pending } payment)
                await FinishAsync(reference.Tenant, payment, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its next lookup is set already; the others behind it must not wait for that.
            LogFailure(exception, reference.Id);
        }
    }

    private Task FinishAsync(TenantId tenant, Payment payment, CancellationToken cancellationToken) => payment.CancelRequestedAt is null
        ? place.FinishAsync(tenant, payment, null, "reconciliation", time.GetUtcNow(), cancellationToken)
        : cancelCharge.RunAsync(tenant, payment, cancellationToken);

    [LoggerMessage(LogLevel.Error, "Payment {PaymentId} could not be looked up.")]
    private partial void LogFailure(Exception exception, Guid paymentId);
}
