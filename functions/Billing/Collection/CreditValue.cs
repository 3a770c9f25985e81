using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>
/// What money that came in is worth as credit. The balance is spent before tax and so saves the tax on what it pays; counted as it came, 111 that
/// were overpaid at 11 percent would pay 123.21 of the next invoice.
/// </summary>
public static class CreditValue
{
    public static Money Of(Money gross, decimal taxRate) => Money.Rounded(gross.Amount / (1 + taxRate), gross.Currency);

    /// <summary>What so much credit takes off what is due: all of it as soon as it counts as much.</summary>
    public static Money Off(Money due, Money credit, decimal taxRate) => credit < Of(due, taxRate) ? credit * (1 + taxRate) : due;
}
