using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>What an invoice comes to: tax is taken once, on the sum of its lines, and rounded once, half away from zero.</summary>
public sealed record InvoiceTotals(Money Net, Money Tax, Money Total)
{
    public static InvoiceTotals Of(Money sum, TaxRule rule)
    {
        if (rule.Mode == TaxMode.Exclusive)
        {
            var onTop = sum * rule.Rate;
            return new InvoiceTotals(sum, onTop, sum + onTop);
        }

        var contained = Money.Rounded(sum.Amount * rule.Rate / (1 + rule.Rate), sum.Currency);
        return new InvoiceTotals(sum - contained, contained, sum);
    }

    /// <summary>How much of a credit balance lines of that sum take.</summary>
    public static Money CreditUsed(Money sum, Money balance)
    {
        var nothing = Money.Zero(sum.Currency);
        var due = sum > nothing ? sum : nothing;
        return balance < due ? balance : due;
    }
}
