using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>An open invoice as dunning and reminders see it.</summary>
/// <param name="Due">What is still to be paid.</param>
/// <param name="DaysOverdue">UTC days since the due date, or since it was opened again; none before that.</param>
public sealed record UnpaidInvoice(
    Guid Id, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, Guid? ChargeId, string Currency, decimal Due, InvoiceStatus Status,
    DateTimeOffset DueDate, int DaysOverdue, int DunningStage, int Reopenings)
{
    public Money Amount => new(Due, Shared.Finance.Currency.Parse(Currency));

    public InvoiceDueSoon Reminder() => new(Id, InvoiceNumber, UserId, SubscriptionId, Amount, DueDate);

    public InvoiceOverdue Overdue(DunningPolicy policy, Urgency urgency, DateTimeOffset today) => new(
        Id, InvoiceNumber, UserId, SubscriptionId, Amount, DaysOverdue, ChargeId, urgency == Urgency.Suspended, (int)urgency,
        urgency == Urgency.Suspended ? null : today.AddDays(policy.SuspendAfterDays - DaysOverdue),
        Reopenings);
}
