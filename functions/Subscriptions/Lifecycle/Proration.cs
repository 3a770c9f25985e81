using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Shares of a price by UTC days. Each is rounded once, half away from zero.</summary>
public static class Proration
{
    /// <summary>UTC days from the one that begins to the one that ends it; the day of the end is not among them.</summary>
    public static int Days(DateTimeOffset from, DateTimeOffset to) => (to.UtcDateTime.Date - from.UtcDateTime.Date).Days;

    /// <summary>What the price comes to for the days from then to the end of its whole period.</summary>
    public static Money Share(Money price, DateTimeOffset from, Period whole)
    {
        var total = Days(whole.Start, whole.End);
        var left = Math.Clamp(Days(from, whole.End), 0, total);
        // Multiplied first: a division in the middle would round an exact half to something below it.
        return Money.Rounded(price.Amount * left / total, price.Currency);
    }

    /// <summary>What is given back for the days from then on: never more than is left of what was paid.</summary>
    public static Money Credit(Money price, DateTimeOffset from, Period whole, Money left)
    {
        var share = Share(price, from, whole);
        return share < left ? share : left;
    }
}
