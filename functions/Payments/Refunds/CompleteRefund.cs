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

    // So long the provider's books may lag behind what it has told.
    private static readonly TimeSpan BooksLag = TimeSpan.FromHours(1);

    /// <summary>The refund as it stands then: still pending when nobody knows.</summary>
    /// <param name="isRepeated">It may have been asked for before, so that the provider may know its key from us.</param>
    public async Task<Refund> RunAsync(TenantId tenant, Payment payment, Refund refund, bool isRepeated, CancellationToken cancellationToken)
    {
        var account = await accounts.OfPaymentAsync(tenant, payment.MerchantAccountId, cancellationToken);
        switch (await provider.RefundAsync(account, payment, refund.Order, cancellationToken))
        {
            case ProviderOutcome.Accepted { Report: var told }:
                // How much has gone back in all is read from the provider's books, as everything that moves money, once they show it.
                var found = await provider.FindAsync(account, payment, cancellationToken);
                return await SucceedAsync(tenant, payment, refund, RefundRules.Newest(payment, told, found), cancellationToken);
            // It may have been made when it was asked for before, or for who asks at this moment: then its key is known, or nothing is left of it.
            case ProviderOutcome.Declined declined when isRepeated || declined.IsDuplicate || declined.IsTooLate:
                return await LookUpAsync(tenant, payment, refund, account, cancellationToken) switch
                {
                    (BookEntry.Shown, { } done) => done,
                    (BookEntry.Absent, _) when time.GetUtcNow() >= refund.CreatedAt + BooksLag =>
                        await EndAsync(tenant, payment, refund, RefundStatus.Failed, declined.Message, cancellationToken),
                    _ => refund,
                };
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
        var (entry, _) = await LookUpAsync(tenant, payment, refund, account, cancellationToken);
        if (entry == BookEntry.Shown)
            return;
        if (time.GetUtcNow() < refund.CreatedAt + Refund.KeyKept)
            await RunAsync(tenant, payment, refund, isRepeated: true, cancellationToken);
        else if (entry == BookEntry.Absent)
            await EndAsync(tenant, payment, refund, RefundStatus.Failed, "the provider knows nothing of it", cancellationToken);
    }

    private async Task<(BookEntry Entry, Refund? Done)> LookUpAsync(
        TenantId tenant, Payment payment, Refund refund, MerchantAccount account, CancellationToken cancellationToken)
    {
        var found = await provider.FindAsync(account, payment, cancellationToken);
        var entry = RefundRules.EntryOf(refund, found);
        return entry == BookEntry.Shown && found is ProviderOutcome.Accepted { Report: var report }
            ? (entry, await SucceedAsync(tenant, payment, refund, report, cancellationToken))
            : (entry, null);
    }

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
        await using (var transaction = await database.BeginAsync(tenant, cancellationToken))
        {
            if (await refunds.FinishAsync(transaction, refund.Id, status, reason, now, cancellationToken))
            {
                var current = await payments.FindAsync(transaction, payment.Id, cancellationToken) ?? payment;
                var detail = reason is null ? refund.RefundKey : $"{refund.RefundKey}: {reason}";
                var type = status == RefundStatus.Success ? "refund_done" : "refund_refused";
                await payments.AddEventAsync(transaction, PaymentEvent.Held(current, -refund.Amount, type, detail, Source), now, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }

        return await refunds.FindAsync(tenant, refund.Id, cancellationToken) ?? refund;
    }

    [LoggerMessage(LogLevel.Warning, "What came of refund {RefundKey} of order {OrderId} is not clear: {Outcome}")]
    private partial void LogUnclear(string refundKey, string orderId, string outcome);
}
