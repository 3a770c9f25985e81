using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>Divides an amount by weights into whole minor units that add up to it; the largest remainders get the units that rounding leaves.</summary>
public static class Spread
{
    /// <summary>No share is above its weight when the amount is not above their sum.</summary>
    public static decimal[] Over(decimal amount, IReadOnlyList<decimal> weights, Currency currency)
    {
        var sum = weights.Sum();
        if (sum == 0 || amount == 0)
            return new decimal[weights.Count];

        var units = Money.FromMinorUnits(1, currency).Amount;
        var exact = weights.Select(weight => amount * weight / sum / units).ToArray();
        var shares = exact.Select(decimal.Floor).ToArray();
        var left = (int)((amount / units) - shares.Sum());
        foreach (var place in Enumerable.Range(0, shares.Length).OrderByDescending(place => exact[place] - shares[place]).Take(left))
            shares[place]++;
        return Array.ConvertAll(shares, share => share * units);
    }
}
