using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Reconciliation;

/// <summary>Two figures of the same thing that should be one.</summary>
/// <param name="Kind">What was compared, such as paid_of_invoice.</param>
/// <param name="Subject">The invoice, payment or user.</param>
/// <param name="Expected">What the entries add up to.</param>
/// <param name="Actual">What stands in the book.</param>
public sealed record BookDifference(string Kind, Guid Subject, Money Expected, Money Actual);

/// <summary>What happened in a month in one currency.</summary>
/// <param name="Invoiced">Totals of the invoices issued in it.</param>
/// <param name="Received">Payments that came in it, without those taken back since.</param>
/// <param name="Credited">Totals of its credit notes.</param>
/// <param name="Refunded">What has gone back of its payments.</param>
/// <param name="CreditChange">By how much the credit balances grew, before tax.</param>
public sealed record MonthSums(Money Invoiced, Money Tax, Money Received, Money Credited, Money Refunded, Money CreditChange);

public sealed record ReconciliationView(string Month, IReadOnlyList<MonthSums> Sums, IReadOnlyList<BookDifference> Differences);
