using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>A line of an invoice; what a coupon took off names it.</summary>
public sealed record ComposedLine(ChargeLine Charge, Discount? Coupon = null)
{
    public Guid? RedemptionId => Coupon?.RedemptionId;
}

/// <summary>The one way from charges to an invoice: their lines, what coupons take off, what the credit pays, and tax once on the sum.</summary>
public sealed record Composition(
    IReadOnlyList<ComposedLine> Lines, Money Subtotal, Money Discount, Money CreditUsed, TaxRule Tax, InvoiceTotals Totals)
{
    /// <param name="discounts">Taken one after the other, each from what the one before has left.</param>
    /// <param name="credit">The user's balance.</param>
    /// <exception cref="CompositionException">No invoice can be made of this.</exception>
    public static Composition Of(IReadOnlyList<ChargeLine> charges, IReadOnlyList<Discount> discounts, Money credit, TaxRule tax)
    {
        if (charges.Count == 0)
            throw new CompositionException("There is nothing on it.");

        try
        {
            var subtotal = charges.Select(line => line.Amount).Aggregate((sum, amount) => sum + amount);
            if (subtotal < Money.Zero(subtotal.Currency))
                throw new CompositionException($"Its lines come to {subtotal}, and there is no invoice below nothing.");
            return Of(charges, subtotal, discounts, credit, tax);
        }
        catch (Exception impossible) when (impossible is InvalidOperationException or ArgumentOutOfRangeException or OverflowException)
        {
            // Currencies that are mixed, amounts that no ledger holds.
            throw new CompositionException(impossible.Message, impossible);
        }
    }

    private static Composition Of(
        IReadOnlyList<ChargeLine> charges, Money subtotal, IReadOnlyList<Discount> discounts, Money credit, TaxRule tax)
    {
        var lines = new List<ComposedLine>(charges.Count + discounts.Count + 1);
        foreach (var charge in charges)
            lines.Add(new ComposedLine(charge));

        var left = subtotal;
        foreach (var discount in discounts)
        {
            var off = discount.On(left);
            if (off.IsZero)
                continue;
            lines.Add(new ComposedLine(new ChargeLine(discount.Describe(), 1, -off, -off), discount));
            left -= off;
        }

        var used = InvoiceTotals.CreditUsed(left, credit);
        if (!used.IsZero)
            lines.Add(new ComposedLine(new ChargeLine("Credit", 1, -used, -used)));
        return new Composition(lines, subtotal, subtotal - left, used, tax, InvoiceTotals.Of(left - used, tax));
    }
}

/// <summary>Why a bill cannot become an invoice, in a sentence.</summary>
public sealed class CompositionException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>What to say of a bill that failed: our own reason, or what the sums stumbled over.</summary>
    public static string ReasonOf(Exception exception) =>
        exception is CompositionException ? exception.Message : $"It cannot be composed: {exception.Message}";
}
