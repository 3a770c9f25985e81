using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>Puts together what a document says: the invoice or credit note, its lines and the tenant's profile as it is now.</summary>
public sealed class ComposeDocument(InvoiceStore invoices, CreditNoteStore notes, BillingProfiles profiles)
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
        var profile = await profiles.GetAsync(tenant, cancellationToken);
        return Of(invoice, await invoices.ListLinesAsync(tenant, invoice.Id, cancellationToken), profile);
    }

    public async Task<InvoiceDocument> RunAsync(TenantId tenant, CreditNote note, CancellationToken cancellationToken)
    {
        var profile = await profiles.GetAsync(tenant, cancellationToken);
        var corrected = await invoices.FindAsync(tenant, note.InvoiceId, owner: null, cancellationToken)
            ?? throw new InvalidOperationException($"There is no invoice {note.InvoiceId}.");
        return Of(note, corrected, await notes.ListLinesAsync(tenant, note.Id, cancellationToken), profile);
    }

    public static InvoiceDocument Of(Invoice invoice, IReadOnlyList<InvoiceLine> lines, BillingProfile profile) => new(
        DocumentKind.Invoice, invoice.InvoiceNumber, Corrects: null, profile.Locale, profile.Seller, invoice.UserId.ToString(), profile.LogoId,
        invoice.CreatedAt, invoice.DueDate, StateOf(invoice.Status), invoice.PaidDate,
        [.. lines.Select(line => new DocumentLine(line.Description, line.Quantity, invoice.Money(line.UnitPrice), invoice.Money(line.TotalPrice)))],
        invoice.Money(invoice.Amount), invoice.TaxRate, invoice.Money(invoice.TaxAmount), invoice.Total)
    {
        TaxIncluded = invoice.TaxMode == TaxMode.Inclusive,
        Paid = invoice.AmountPaid > 0 || invoice.Status == InvoiceStatus.Paid ? invoice.Money(invoice.AmountPaid) : null,
        Credited = invoice.AmountCredited > 0 ? invoice.Money(invoice.AmountCredited) : null,
    };

    public static InvoiceDocument Of(CreditNote note, Invoice corrected, IReadOnlyList<CreditNoteLine> lines, BillingProfile profile) => new(
        DocumentKind.CreditNote, note.CreditNoteNumber, corrected.InvoiceNumber, profile.Locale, profile.Seller, note.UserId.ToString(),
        profile.LogoId, note.CreatedAt, DueAt: null, DocumentState.Open, PaidAt: null,
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
