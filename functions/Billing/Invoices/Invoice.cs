using ServerlessBusiness.Shared.Contracts;
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
/// <param name="IsSuperseded">It should not have been made: what was paid of it is credit, and another one, or none, stands for its charge.</param>
/// <param name="SellerId">How its tenant appeared when it was issued.</param>
/// <param name="Reopenings">How often it was paid and then was not.</param>
public sealed record Invoice(
    Guid Id, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    decimal Amount, decimal TaxRate, decimal TaxAmount, decimal TotalAmount, string Currency, InvoiceStatus Status,
    DateTimeOffset DueDate, DateTimeOffset? PaidDate, Guid? PaymentTransactionId, DateTimeOffset CreatedAt, Guid? ChargeId,
    decimal Subtotal, decimal Discount, TaxMode TaxMode, decimal TaxBase, bool IsRenewal, bool IsDraft, decimal AmountPaid = 0,
    decimal AmountCredited = 0, bool IsSuperseded = false, Guid? SellerId = null, int Reopenings = 0)
{
    public Money Total => Money(TotalAmount);

    /// <summary>Credit paid all of it: no money is on it that could come back, only that credit.</summary>
    public bool IsPaidByCredit => !IsDraft && TotalAmount == 0 && Subtotal > Discount;

    /// <summary>Notes have taken all of it off: no money is on it any more, but credit may be that had paid it.</summary>
    public bool IsPaidByNotes => Status == InvoiceStatus.Paid && TotalAmount > 0 && AmountCredited == TotalAmount;

    /// <summary>The tax that credit saves beside itself when it is spent: none where prices contain it.</summary>
    public decimal TaxOnTop => TaxMode == TaxMode.Exclusive ? TaxRate : 0;

    /// <summary>What is still to be paid: the total without what payments and credit notes have taken off it.</summary>
    public Money Due => Money(IsPayable ? TotalAmount - AmountPaid - AmountCredited : 0);

    public bool IsPayable => !IsDraft && Status is (InvoiceStatus.Pending or InvoiceStatus.Overdue);

    public InvoicePaid PaidBy(Guid payment, DateTimeOffset at) => new(
        Id, InvoiceNumber, UserId, SubscriptionId, payment, Total, at, ChargeId, Reopenings, Discount == 0 ? null : Money(Discount));

    public InvoiceReopened Reopened() => new(Id, InvoiceNumber, UserId, SubscriptionId, Due, ChargeId, Reopenings);

    public Money Money(decimal amount) => new(amount, Shared.Finance.Currency.Parse(Currency));
}

/// <param name="Days">It is for so many of <paramref name="OfDays"/> days of its period; null: for all of it.</param>
public sealed record InvoiceLine(
    Guid Id, string Description, decimal Quantity, decimal UnitPrice, decimal TotalPrice, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    int? Days, int? OfDays);
