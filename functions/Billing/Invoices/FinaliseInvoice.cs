using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Makes a draft an invoice: numbered, taxed by the rate of today, and paid by credit and coupons as far as these go.</summary>
public sealed class FinaliseInvoice(
    Database database, InvoiceStore invoices, ComposeBills compose, IssueInvoices issue, RequestStore requests, BillingTime time)
{
    /// <summary>The same key finds the invoice that it made, whatever became of its first answer.</summary>
    public async Task<InvoiceView> RunAsync(TenantId tenant, Guid id, RequestKey? key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await requests.TakeAsync(transaction, key, id, now, cancellationToken) is { } known
            && await invoices.FindAsync(transaction, known, cancellationToken) is { } made)
            return InvoiceView.Of(made, await invoices.ListLinesAsync(transaction, known, cancellationToken));
        if (await invoices.TakeDraftAsync(transaction, id, cancellationToken) is not { } draft)
            throw await RefusalAsync(transaction, id, cancellationToken);

        // The draft makes way for the invoice, which takes its id over: what is issued is written once and never changed.
        var lines = await invoices.ListLinesAsync(transaction, id, cancellationToken);
        await invoices.DeleteDraftAsync(transaction, id, cancellationToken);
        var composed = await compose.RunAsync(transaction, [Bill(draft, lines)], now, cancellationToken);
        if (composed[0].Refusal is { } refusal)
            throw ProblemException.Unprocessable("NO_INVOICE", refusal);
        var invoice = (await issue.RunAsync(transaction, composed, now, cancellationToken, [id]))[0];
        var written = await invoices.ListLinesAsync(transaction, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return InvoiceView.Of(invoice, written);
    }

    private static Bill Bill(Invoice draft, IReadOnlyList<InvoiceLine> lines) => new(
        draft.UserId, draft.SubscriptionId, draft.ChargeId, Tier: null, draft.PeriodStart, draft.PeriodEnd,
        [.. lines.Select(line => new ChargeLine(line.Description, line.Quantity, draft.Money(line.UnitPrice), draft.Money(line.TotalPrice)))]);

    private async Task<ProblemException> RefusalAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        await invoices.FindAsync(transaction, id, cancellationToken) is { } invoice
            ? ProblemException.Conflict("INVOICE_FINAL", $"Invoice {invoice.InvoiceNumber} is final already.")
            : ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice.");
}
