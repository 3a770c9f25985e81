using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Throws a draft away. What has a number stays for ever.</summary>
public sealed class DiscardDraft(Database database, InvoiceStore invoices)
{
    public async Task RunAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (!await invoices.DeleteDraftAsync(transaction, id, cancellationToken))
            throw ProblemException.NotFound("DRAFT_NOT_FOUND", "There is no such draft.");
        await transaction.CommitAsync(cancellationToken);
    }
}
