using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Withdraws a pending charge at Midtrans. What cannot be withdrawn now is tried again by the reconciliation.</summary>
public sealed partial class CancelCharge(MidtransClient midtrans, MovePayment move, TimeProvider time, ILogger<CancelCharge> logger)
{
    private const string Source = "cancellation";

    public async Task RunAsync(TenantId tenant, Payment payment, CancellationToken cancellationToken)
    {
        var outcome = await midtrans.CancelAsync(payment.OrderId, cancellationToken);
        // The payer or the clock was faster: what really happened counts.
        if (outcome is MidtransOutcome.Declined { IsTooLate: true })
            outcome = await midtrans.FindAsync(payment.OrderId, cancellationToken);

        var now = time.GetUtcNow();
        switch (outcome)
        {
            case MidtransOutcome.Accepted accepted:
                await move.ApplyAsync(tenant, payment.Id, accepted, Source, now, cancellationToken);
                break;
            case MidtransOutcome.Declined { IsNotFound: true } when !payment.IsPlaced && now < payment.CreatedAt + CreateCharge.FirstLookup:
                // The charge may be on its way this very moment; the reconciliation withdraws it once it has arrived.
                LogNotYet(payment.OrderId, "the charge is still being placed");
                break;
            case MidtransOutcome.Declined { IsNotFound: true }:
                await move.ApplyAsync(tenant, payment, PaymentMove.Withdrawn(payment), Source, now, cancellationToken);
                break;
            default:
                LogNotYet(payment.OrderId, outcome.ToString());
                break;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Order {OrderId} could not be cancelled at Midtrans yet: {Outcome}")]
    private partial void LogNotYet(string orderId, string outcome);
}
