using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>A payment did not go through: the invoice stays as it is, and the dunning decides when the saved method is tried again.</summary>
public sealed class NoteFailure(HistoryStore history, BillingTime time)
{
    public Task RunAsync(PaymentFailed failed, TenantTransaction transaction, CancellationToken cancellationToken) => history.AddAsync(
        transaction, failed.UserId, "payment_failed",
        new { failed.InvoiceId, failed.PaymentId, failed.Amount, failed.Method, failed.Reason }, time.GetUtcNow(), cancellationToken);
}
