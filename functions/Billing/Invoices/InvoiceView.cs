using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record InvoiceLineView(string Description, decimal Quantity, Money UnitPrice, Money Total, Guid Id);

/// <summary>An invoice as the outside sees it. Lines are left out of lists.</summary>
public sealed record InvoiceView(
    Guid Id, string Number, InvoiceStatus Status, Guid UserId, Guid? SubscriptionId, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    Money Net, decimal TaxRate, Money Tax, Money Total, DateTimeOffset DueAt, DateTimeOffset? PaidAt, Guid? PaymentId, DateTimeOffset CreatedAt,
    IReadOnlyList<InvoiceLineView>? Lines, Money AmountPaid, Money AmountCredited, Money AmountDue)
{
    public static InvoiceView Of(Invoice invoice, IReadOnlyList<InvoiceLine>? lines = null) => new(
        invoice.Id, invoice.InvoiceNumber, invoice.Status, invoice.UserId, invoice.SubscriptionId, invoice.PeriodStart, invoice.PeriodEnd,
        invoice.Money(invoice.Amount), invoice.TaxRate, invoice.Money(invoice.TaxAmount), invoice.Total,
        invoice.DueDate, invoice.PaidDate, invoice.PaymentTransactionId, invoice.CreatedAt,
        lines?.Select(line => new InvoiceLineView(
            line.Description, line.Quantity, invoice.Money(line.UnitPrice), invoice.Money(line.TotalPrice), line.Id)).ToList(),
        invoice.Money(invoice.AmountPaid), invoice.Money(invoice.AmountCredited), invoice.Due);
}
