using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

public enum InvoiceStatus
{
    Pending,
    Paid,
    Overdue,
    Cancelled,
}

/// <summary>A draft has an empty number.</summary>
public sealed record Invoice(
    Guid Id, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    decimal Amount, decimal TaxRate, decimal TaxAmount, decimal TotalAmount, string Currency, InvoiceStatus Status,
    DateTimeOffset DueDate, DateTimeOffset? PaidDate, Guid? PaymentTransactionId, DateTimeOffset CreatedAt, Guid? ChargeId,
    decimal Subtotal, decimal Discount, TaxMode TaxMode, decimal TaxBase, bool IsRenewal, bool IsDraft)
{
    public Money Total => Money(TotalAmount);

    public bool IsPayable => !IsDraft && Status is InvoiceStatus.Pending or InvoiceStatus.Overdue;

    public Money Money(decimal amount) => new(amount, Shared.Finance.Currency.Parse(Currency));
}

/// <param name="Days">It is for so many of <paramref name="OfDays"/> days of its period; null: for all of it.</param>
public sealed record InvoiceLine(
    Guid Id, string Description, decimal Quantity, decimal UnitPrice, decimal TotalPrice, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    int? Days, int? OfDays);
