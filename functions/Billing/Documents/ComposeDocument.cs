using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>Puts together what a document says: the invoice, its lines and the tenant's profile as it is now.</summary>
public sealed class ComposeDocument(InvoiceStore invoices, BillingProfiles profiles)
{
    public async Task<InvoiceDocument> RunAsync(TenantId tenant, Invoice invoice, CancellationToken cancellationToken)
    {
        var profile = await profiles.GetAsync(tenant, cancellationToken);
        return Of(invoice, await invoices.ListLinesAsync(tenant, invoice.Id, cancellationToken), profile);
    }

    public static InvoiceDocument Of(Invoice invoice, IReadOnlyList<InvoiceLine> lines, BillingProfile profile) => new(
        DocumentKind.Invoice, invoice.InvoiceNumber, Corrects: null, profile.Locale, profile.Seller, invoice.UserId.ToString(), profile.LogoId,
        invoice.CreatedAt, invoice.DueDate, StateOf(invoice.Status), invoice.PaidDate,
        [.. lines.Select(line => new DocumentLine(line.Description, line.Quantity, invoice.Money(line.UnitPrice), invoice.Money(line.TotalPrice)))],
        invoice.Money(invoice.Amount), invoice.TaxRate, invoice.Money(invoice.TaxAmount), invoice.Total);

    private static DocumentState StateOf(InvoiceStatus status) => status switch
    {
        InvoiceStatus.Paid => DocumentState.Paid,
        InvoiceStatus.Cancelled => DocumentState.Cancelled,
        _ => DocumentState.Open,
    };
}
