using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Throws a draft away. What has a number stays for ever.</summary>
public sealed class DiscardDraft(Database database, InvoiceStore invoices, HistoryStore history, BillingTime time)
{
    public async Task RunAsync(TenantId tenant, Guid id, string actor, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var draft = await invoices.TakeDraftAsync(transaction, id, cancellationToken)
            ?? throw ProblemException.NotFound("DRAFT_NOT_FOUND", "There is no such draft.");
        await invoices.DeleteDraftAsync(transaction, id, cancellationToken);
        await history.AddAsync(
            transaction, draft.UserId, "draft_discarded", new { invoiceId = id, total = draft.Total, actor }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
