using Microsoft.Extensions.Logging;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>
/// Asks Payments to send back what credit notes say, under each refund's own key: asked twice it is sent once. What it refuses becomes credit.
/// </summary>
public sealed partial class SendRefunds(
    Database database, RefundStore refunds, CreditNoteStore notes, InvoiceStore invoices, ReceivedPaymentStore payments, PlaceMoney place,
    HistoryStore history, ServiceClients services, TenantClocks clocks, BillingTime time, ILogger<SendRefunds> logger)
{
    // Asked for one after the other: few are claimed at a time, so that none waits for long behind answers that are slow.
    private const int AtOnce = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NotSettledYet = TimeSpan.FromHours(6);
    private static readonly TimeSpan Unclear = TimeSpan.FromMinutes(15);

    private sealed record RefundRequest(Money Amount, string Reason, string RefundKey);

    private sealed record RefundAnswer(Guid Id, string Status);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var clocked = await clocks.ListAsync(cancellationToken);
        IReadOnlyList<RefundReference> due;
        do
        {
            var now = time.GetUtcNow();
            due = await refunds.TakeDueAcrossTenantsAsync(now, now + Lease, clocked, AtOnce, cancellationToken);
            foreach (var reference in due)
                await TryOneAsync(reference, cancellationToken);
        }
        while (due.Count == AtOnce && time.GetElapsedTime(started) < Patience);
    }

    /// <summary>Of one tenant, for the only one who sends there.</summary>
    public async Task RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        foreach (var refund in await refunds.ListDueAsync(tenant, time.GetUtcNow(), cancellationToken))
            await TryAsync(tenant, refund, cancellationToken);
    }

    // The lease of one that fails ends by itself; the others are sent meanwhile.
    private async Task TryOneAsync(RefundReference reference, CancellationToken cancellationToken)
    {
        try
        {
            if (await refunds.FindAsync(reference.Tenant, reference.Id, cancellationToken) is { Status: "pending" } refund)
                await TryAsync(reference.Tenant, refund, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailure(failure, reference.Id);
        }
    }

    private async Task TryAsync(TenantId tenant, CreditNoteRefund refund, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await services.To(ServiceIdentity.Payments).PostAsync<RefundRequest, RefundAnswer>(
                tenant, $"/v1/payments/{refund.PaymentId}/refunds", new RefundRequest(refund.Money, refund.Reason, $"CN-{refund.Id:N}"),
                idempotencyKey: null, cancellationToken);
            if (answer.Status == "success")
                await EndAsync(tenant, refund, "sent", null, cancellationToken);
            else
                await refunds.AskAgainAsync(tenant, refund.Id, time.GetUtcNow() + Unclear, cancellationToken);
        }
        catch (ProblemException early) when (early.Code == "PAYMENT_NOT_SETTLED")
        {
            await refunds.AskAgainAsync(tenant, refund.Id, time.GetUtcNow() + NotSettledYet, cancellationToken);
        }
        catch (ProblemException refusal) when (refusal.Status is 404 or 409 or 422)
        {
            await EndAsync(tenant, refund, "refused", refusal.Message, cancellationToken);
        }
        catch (Exception failure) when (failure is ServiceUnavailableException or ProblemException)
        {
            LogLater(refund.Id, failure.Message);
            var wait = (failure as ServiceUnavailableException)?.RetryAfter ?? TimeSpan.FromMinutes(1);
            await refunds.AskAgainAsync(tenant, refund.Id, time.GetUtcNow() + wait, cancellationToken);
        }
    }

    private async Task EndAsync(
        TenantId tenant, CreditNoteRefund refund, string status, string? reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var invoice = await invoices.LockAsync(transaction, refund.InvoiceId, cancellationToken);
        var payment = await payments.TakeAsync(
            transaction, refund.PaymentId, refund.InvoiceId, refund.UserId, refund.Money.Currency, now, cancellationToken);
        var kept = status == "refused" ? payment.KeptOf(refund.Amount) : 0;
        if (kept == 0 && !payment.IsReversed)
            status = "sent";
        if (!await refunds.EndAsync(transaction, refund.Id, status, reason, now, cancellationToken))
            return;

        if (kept > 0)
            await KeepAsync(transaction, invoice!, payment, refund, kept, now, cancellationToken);
        await history.AddAsync(
            transaction, refund.UserId, $"refund_{status}",
            new { refund.InvoiceId, refund.PaymentId, refund.CreditNoteId, amount = refund.Money, reason }, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task KeepAsync(
        TenantTransaction transaction, Invoice invoice, ReceivedPayment payment, CreditNoteRefund refund, decimal kept, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var credited = await place.ToCreditAsync(
            transaction, payment with { Returned = payment.Returned - kept }, kept, invoice.TaxOnTop, "could not be sent back", now,
            cancellationToken);
        await payments.SaveAsync(transaction, credited, now, cancellationToken);
        await notes.TurnToCreditAsync(transaction, refund.CreditNoteId, kept, cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Refund {RefundId} could not be sent; it is tried again when its lease has ended.")]
    private partial void LogFailure(Exception exception, Guid refundId);

    [LoggerMessage(LogLevel.Warning, "Refund {RefundId} is asked for again later: {Reason}")]
    private partial void LogLater(Guid refundId, string reason);
}
