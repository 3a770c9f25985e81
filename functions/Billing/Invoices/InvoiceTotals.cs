using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>What an invoice comes to: tax is taken once, on the sum of its lines, and rounded once, half away from zero.</summary>
public sealed record InvoiceTotals(Money Net, Money Tax, Money Total)
{
    public static InvoiceTotals Of(IReadOnlyList<Money> lines, decimal taxRate)
    {
        var net = lines.Aggregate((sum, line) => sum + line);
        var tax = net * taxRate;
        return new InvoiceTotals(net, tax, net + tax);
    }

    /// <summary>How much of a credit balance lines of that sum take.</summary>
    public static Money CreditUsed(Money net, Money balance)
    {
        var nothing = Money.Zero(net.Currency);
        var due = net > nothing ? net : nothing;
        return balance < due ? balance : due;
    }
}
