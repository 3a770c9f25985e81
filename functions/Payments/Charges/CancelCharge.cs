using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Withdraws a pending charge at the provider. What cannot be withdrawn now is tried again by the reconciliation.</summary>
public sealed partial class CancelCharge(
    IPaymentProvider provider, MerchantAccountBook accounts, MovePayment move, TimeProvider time, ILogger<CancelCharge> logger)
{
    private const string Source = "cancellation";

    public async Task RunAsync(TenantId tenant, Payment payment, CancellationToken cancellationToken)
    {
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        var outcome = await provider.ChangeAsync(account, payment, ChargeChange.Cancel, cancellationToken);
        // The payer or the clock was faster: what really happened counts.
        if (outcome is ProviderOutcome.Declined { IsTooLate: true })
            outcome = await provider.FindAsync(account, payment, cancellationToken);

        var now = time.GetUtcNow();
        switch (outcome)
        {
            case ProviderOutcome.Accepted accepted:
                await move.ApplyAsync(tenant, payment.Id, accepted.Report, Source, now, cancellationToken);
                break;
            case ProviderOutcome.Declined { IsNotFound: true } when payment.MayBeUnderWay(now):
                // The reconciliation withdraws it once it has arrived, or cannot arrive any more.
                LogNotYet(payment.OrderId, "the charge is still being placed");
                break;
            case ProviderOutcome.Declined { IsNotFound: true } when payment.ProviderSession is null || payment.IsOverdue(now):
                await move.ApplyAsync(tenant, payment, PaymentMove.Withdrawn(payment), Source, now, cancellationToken);
                break;
            default:
                LogNotYet(payment.OrderId, outcome.ToString());
                break;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Order {OrderId} could not be cancelled at the provider yet: {Outcome}")]
    private partial void LogNotYet(string orderId, string outcome);
}
