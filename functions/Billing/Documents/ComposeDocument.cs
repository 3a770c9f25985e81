using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>Puts together what a document says: the invoice or credit note, its lines, and the tenant as it appeared when it was issued.</summary>
public sealed class ComposeDocument(InvoiceStore invoices, CreditNoteStore notes, SellerStore sellers, BillingProfiles profiles)
{
    /// <summary>The document and which version of it this is; null when there is no such invoice or note, or it is a draft.</summary>
    public async Task<(string Version, InvoiceDocument Document)?> FindAsync(
        TenantId tenant, string kind, Guid subject, CancellationToken cancellationToken)
    {
        if (kind == StoredDocument.CreditNoteKind)
            return await notes.FindAsync(tenant, subject, owner: null, cancellationToken) is { } note
                ? (StoredDocument.NoteVersion, await RunAsync(tenant, note, cancellationToken))
                : null;
        return await invoices.FindAsync(tenant, subject, owner: null, cancellationToken) is { IsDraft: false } invoice
            ? (StoredDocument.VersionOf(invoice), await RunAsync(tenant, invoice, cancellationToken))
            : null;
    }

    public async Task<InvoiceDocument> RunAsync(TenantId tenant, Invoice invoice, CancellationToken cancellationToken)
    {
        var seller = await SellerAsync(tenant, invoice.SellerId, cancellationToken);
        return Of(invoice, await invoices.ListLinesAsync(tenant, invoice.Id, cancellationToken), seller);
    }

    public async Task<InvoiceDocument> RunAsync(TenantId tenant, CreditNote note, CancellationToken cancellationToken)
    {
        var seller = await SellerAsync(tenant, note.SellerId, cancellationToken);
        var corrected = await invoices.FindAsync(tenant, note.InvoiceId, owner: null, cancellationToken)
            ?? throw new InvalidOperationException($"There is no invoice {note.InvoiceId}.");
        return Of(note, corrected, await notes.ListLinesAsync(tenant, note.Id, cancellationToken), seller);
    }

    // What was issued before this was kept shows the profile of today.
    private async Task<SellerVersion> SellerAsync(TenantId tenant, Guid? id, CancellationToken cancellationToken) =>
        id is { } kept && await sellers.FindAsync(tenant, kept, cancellationToken) is { } seller
            ? seller
            : (await profiles.GetAsync(tenant, cancellationToken)).Seller;

    public static InvoiceDocument Of(Invoice invoice, IReadOnlyList<InvoiceLine> lines, SellerVersion seller) => new(
        DocumentKind.Invoice, invoice.InvoiceNumber, Corrects: null, seller.Locale, seller.Seller, invoice.UserId.ToString(), seller.LogoId,
        invoice.CreatedAt, invoice.DueDate, StateOf(invoice.Status), invoice.PaidDate,
        [.. lines.Select(line => new DocumentLine(line.Description, line.Quantity, invoice.Money(line.UnitPrice), invoice.Money(line.TotalPrice)))],
        invoice.Money(invoice.Amount), invoice.TaxRate, invoice.Money(invoice.TaxAmount), invoice.Total)
    {
        TaxIncluded = invoice.TaxMode == TaxMode.Inclusive,
        Paid = invoice.AmountPaid > 0 || invoice.Status == InvoiceStatus.Paid ? invoice.Money(invoice.AmountPaid) : null,
        Credited = invoice.AmountCredited > 0 ? invoice.Money(invoice.AmountCredited) : null,
    };

    public static InvoiceDocument Of(CreditNote note, Invoice corrected, IReadOnlyList<CreditNoteLine> lines, SellerVersion seller) => new(
        DocumentKind.CreditNote, note.CreditNoteNumber, corrected.InvoiceNumber, seller.Locale, seller.Seller, note.UserId.ToString(),
        seller.LogoId, note.CreatedAt, DueAt: null, DocumentState.Open, PaidAt: null,
        [.. lines.Select(line => new DocumentLine(line.Description, 1, note.Money(line.Amount), note.Money(line.Amount)))],
        note.Money(note.Amount), note.TaxRate, note.Money(note.TaxAmount), note.Money(note.TotalAmount))
    {
        TaxIncluded = corrected.TaxMode == TaxMode.Inclusive,
    };

    private static DocumentState StateOf(InvoiceStatus status) => status switch
    {
        InvoiceStatus.Paid => DocumentState.Paid,
        InvoiceStatus.Cancelled => DocumentState.Cancelled,
        _ => DocumentState.Open,
    };
}
