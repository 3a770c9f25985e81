using Microsoft.Extensions.Logging;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Refunds;

/// <summary>
/// Brings a committed refund to the provider. Its key makes it one refund there too, so one whose answer was lost is looked up, and asked for again
/// under the same key as long as the provider knows keys.
/// </summary>
public sealed partial class CompleteRefund(
    Database database, IPaymentProvider provider, MerchantAccountBook accounts, MovePayment move, RefundStore refunds, PaymentStore payments,
    TimeProvider time, ILogger<CompleteRefund> logger)
{
    private const string Source = "refund";

    /// <summary>The refund as it stands then: still pending when nobody knows.</summary>
    public async Task<Refund> RunAsync(TenantId tenant, Payment payment, Refund refund, CancellationToken cancellationToken)
    {
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        switch (await provider.RefundAsync(account, payment, refund.Order, cancellationToken))
        {
            case ProviderOutcome.Accepted { Report: var told }:
                // How much has gone back in all is read from the provider's books, as everything that moves money.
                var found = await provider.FindAsync(account, payment, cancellationToken);
                var report = found is ProviderOutcome.Accepted { Report: var confirmed } ? confirmed : told;
                return await SucceedAsync(tenant, payment, refund, report, cancellationToken);
            case ProviderOutcome.Declined { IsDuplicate: true }:
                return await LookUpAsync(tenant, payment, refund, account, cancellationToken)
                    ?? await EndAsync(tenant, payment, refund, RefundStatus.Failed, "another refund has this key", cancellationToken);
            case ProviderOutcome.Declined declined:
                return await EndAsync(tenant, payment, refund, RefundStatus.Failed, declined.Message, cancellationToken);
            case var unclear:
                LogUnclear(refund.RefundKey, payment.OrderId, unclear.ToString());
                return refund;
        }
    }

    /// <summary>Finishes a refund whose answer was lost.</summary>
    public async Task FinishAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        if (await refunds.FindAsync(tenant, id, cancellationToken) is not { Status: RefundStatus.Pending } refund)
            return;
        var payment = await payments.FindAsync(tenant, refund.PaymentId, cancellationToken)
            ?? throw new InvalidOperationException($"There is no payment {refund.PaymentId}.");
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        if (await LookUpAsync(tenant, payment, refund, account, cancellationToken) is not null)
            return;
        if (time.GetUtcNow() < refund.CreatedAt + Refund.KeyKept)
            await RunAsync(tenant, payment, refund, cancellationToken);
        else
            await EndAsync(tenant, payment, refund, RefundStatus.Failed, "the provider knows nothing of it", cancellationToken);
    }

    // Null when the provider's books do not show it, or cannot be read now.
    private async Task<Refund?> LookUpAsync(
        TenantId tenant, Payment payment, Refund refund, MerchantAccount account, CancellationToken cancellationToken) =>
        await provider.FindAsync(account, payment, cancellationToken) is ProviderOutcome.Accepted { Report: var report }
        && report.RefundKeys.Contains(refund.RefundKey)
            ? await SucceedAsync(tenant, payment, refund, report, cancellationToken)
            : null;

    private async Task<Refund> SucceedAsync(
        TenantId tenant, Payment payment, Refund refund, ProviderReport report, CancellationToken cancellationToken)
    {
        await move.ApplyAsync(tenant, payment.Id, report, Source, time.GetUtcNow(), cancellationToken);
        return await EndAsync(tenant, payment, refund, RefundStatus.Success, null, cancellationToken);
    }

    private async Task<Refund> EndAsync(
        TenantId tenant, Payment payment, Refund refund, RefundStatus status, string? reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await refunds.FinishAsync(transaction, refund.Id, status, reason, now, cancellationToken))
        {
            var current = await payments.FindAsync(transaction, payment.Id, cancellationToken) ?? payment;
            var detail = reason is null ? refund.RefundKey : $"{refund.RefundKey}: {reason}";
            var type = status == RefundStatus.Success ? "refund_done" : "refund_refused";
            await payments.AddEventAsync(transaction, PaymentEvent.Noted(current, type, detail, Source), now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return await refunds.FindAsync(tenant, refund.Id, cancellationToken) ?? refund;
    }

    [LoggerMessage(LogLevel.Warning, "What came of refund {RefundKey} of order {OrderId} is not clear: {Outcome}")]
    private partial void LogUnclear(string refundKey, string orderId, string outcome);
}
