using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

/// <param name="Days">It is for so many of <paramref name="OfDays"/> days of its period; null: for all of it.</param>
public sealed record InvoiceLineView(
    string Description, decimal Quantity, Money UnitPrice, Money Total, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd, int? Days, int? OfDays,
    Guid Id);

/// <summary>An invoice as the outside sees it. Lines are left out of lists.</summary>
public sealed record InvoiceView(
    Guid Id, string? Number, bool Draft, InvoiceStatus Status, Guid UserId, Guid? SubscriptionId, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    Money Subtotal, Money Discount, Money Net, decimal TaxRate, TaxMode TaxMode, Money TaxBase, Money Tax, Money Total, DateTimeOffset DueAt,
    DateTimeOffset? PaidAt, Guid? PaymentId, DateTimeOffset CreatedAt, IReadOnlyList<InvoiceLineView>? Lines, Money AmountPaid, Money AmountCredited,
    Money AmountDue)
{
    public static InvoiceView Of(Invoice invoice, IReadOnlyList<InvoiceLine>? lines = null) => new(
        invoice.Id, invoice.IsDraft ? null : invoice.InvoiceNumber, invoice.IsDraft, invoice.Status, invoice.UserId, invoice.SubscriptionId, invoice.PeriodStart, invoice.PeriodEnd,
        invoice.Money(invoice.Subtotal), invoice.Money(invoice.Discount), invoice.Money(invoice.Amount), invoice.TaxRate, invoice.TaxMode,
        invoice.Money(invoice.TaxBase), invoice.Money(invoice.TaxAmount), invoice.Total,
        invoice.DueDate, invoice.PaidDate, invoice.PaymentTransactionId, invoice.CreatedAt,
        lines?.Select(line => new InvoiceLineView(
            line.Description, line.Quantity, invoice.Money(line.UnitPrice), invoice.Money(line.TotalPrice), line.PeriodStart, line.PeriodEnd,
            line.Days, line.OfDays, line.Id)).ToList(),
        invoice.Money(invoice.AmountPaid), invoice.Money(invoice.AmountCredited), invoice.Due);
}
