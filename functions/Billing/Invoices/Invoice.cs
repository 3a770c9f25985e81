using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

public enum InvoiceStatus
{
    Pending,
    Paid,
    Overdue,
    Cancelled,
}

public sealed record Invoice(
    Guid Id, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    decimal Amount, decimal TaxRate, decimal TaxAmount, decimal TotalAmount, string Currency, InvoiceStatus Status,
    DateTimeOffset DueDate, DateTimeOffset? PaidDate, Guid? PaymentTransactionId, DateTimeOffset CreatedAt, Guid? ChargeId)
{
    public Money Total => Money(TotalAmount);

    public bool IsPayable => Status is InvoiceStatus.Pending or InvoiceStatus.Overdue;

    public Money Money(decimal amount) => new(amount, Shared.Finance.Currency.Parse(Currency));
}

public sealed record InvoiceLine(Guid Id, string Description, decimal Quantity, decimal UnitPrice, decimal TotalPrice);
