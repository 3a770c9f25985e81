using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Agreements;

/// <summary>A renewal invoice as far as terms can contradict it.</summary>
public sealed record RenewalInvoice(Guid Id, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, decimal Subtotal, string Currency)
{
    public bool IsFor(RenewalBill bill)
    {
        var sum = bill.Lines.Select(line => line.Amount).Aggregate((sum, amount) => sum + amount);
        return PeriodStart == bill.PeriodStart && PeriodEnd == bill.PeriodEnd && new Money(Subtotal, Shared.Finance.Currency.Parse(Currency)) == sum;
    }
}

/// <summary>An invoice that was made by terms which were not the last ones, and the bill that is right for its period, if any is.</summary>
public sealed record Contradiction(RenewalInvoice Invoice, RenewalBill? Instead)
{
    /// <summary>Of the invoices made for periods after the running one, those that the terms do not lead to.</summary>
    public static IReadOnlyList<Contradiction> Of(Agreement terms, IReadOnlyList<RenewalInvoice> made)
    {
        if (made.Count == 0)
            return [];

        var last = made.Max(invoice => invoice.PeriodStart);
        var right = terms.Following().TakeWhile(bill => bill.PeriodStart <= last).ToDictionary(bill => bill.PeriodStart);
        return
        [
            .. from invoice in made
               let bill = right.GetValueOrDefault(invoice.PeriodStart)
               where bill is null || !invoice.IsFor(bill)
               select new Contradiction(invoice, bill),
        ];
    }
}
