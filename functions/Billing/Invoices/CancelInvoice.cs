using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record CancelInvoiceRequest
{
    [Required, StringLength(200)]
    public string Reason { get; init; } = "";
}

/// <summary>Withdraws an open invoice; whoever waits for its payment hears of it.</summary>
public sealed class CancelInvoice(Database database, InvoiceStore invoices, HistoryStore history, TimeProvider time)
{
    public async Task<InvoiceView> RunAsync(TenantId tenant, Guid id, CancelInvoiceRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var invoice = await invoices.CancelAsync(transaction, id, now, cancellationToken)
            ?? throw await RefusalAsync(tenant, id, cancellationToken);
        await history.AddAsync(
            transaction, invoice.UserId, "invoice_cancelled", new { invoiceId = id, invoice.InvoiceNumber, request.Reason }, now, cancellationToken);
        await transaction.PublishAsync(
            new InvoiceCancelled(id, invoice.InvoiceNumber, invoice.UserId, invoice.SubscriptionId, request.Reason), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return InvoiceView.Of(invoice);
    }

    private async Task<ProblemException> RefusalAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        await invoices.FindAsync(tenant, id, owner: null, cancellationToken) is { } invoice
            ? ProblemException.Conflict("INVOICE_NOT_OPEN", $"Invoice {invoice.InvoiceNumber} is {invoice.Status.ToString().ToLowerInvariant()}; only an open one can be cancelled.")
            : ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice.");
}
