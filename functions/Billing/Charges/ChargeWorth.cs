using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Charges;

/// <summary>What the books say of a charge, or of the invoice that stands for it.</summary>
/// <param name="EarlierCharge">Of which charge this one took something back.</param>
/// <param name="Charged">What it charges where no invoice was needed: what it took back covers it.</param>
/// <param name="IsPaid">Null where there is no invoice.</param>
/// <param name="Asked">The lines that ask for money; the others, beside discount and credit, take it back of an earlier charge.</param>
/// <param name="Credit">What the invoice took of the payer's balance.</param>
/// <param name="Returned">What its payer has got back of it by credit notes and as credit.</param>
/// <param name="GivenBack">What later charges took back of it.</param>
public sealed record ChargeBooks(
    Guid? EarlierCharge, decimal Charged, bool? IsPaid, bool IsCancelled, decimal Asked, decimal Subtotal, decimal Discount, decimal Credit,
    decimal Returned, decimal GivenBack)
{
    /// <summary>What it took back of an earlier charge.</summary>
    public decimal Carried => IsPaid is null ? Charged : Asked - Subtotal;

    /// <summary>What later charges gave back beyond that: of the money that its own invoice brought.</summary>
    public decimal GivenOfItsOwn => Math.Max(0, GivenBack - Carried);
}

/// <summary>
/// What there is to give back of a charge. Subscriptions reckons by prices; here stands what was really paid of them and what of that its payer does not
/// have again.
/// </summary>
/// <param name="Price">What it asked for its plan.</param>
/// <param name="Stands">What coupons and credit notes leave of that.</param>
/// <param name="GivenBack">What later charges took back of it.</param>
public sealed record ChargeWorth(decimal Price, decimal Stands, bool IsPaid, decimal GivenBack)
{
    /// <param name="carriedCoverage">How much of what it took back of an earlier charge was there to be taken, from 0 to 1.</param>
    public static ChargeWorth Of(ChargeBooks books, decimal carriedCoverage)
    {
        var own = books.IsPaid is null || books.IsCancelled ? 0 : books.Subtotal - books.Discount - books.Returned;
        return new ChargeWorth(
            books.IsPaid is null ? books.Charged : books.Asked, own + (books.Carried * carriedCoverage), books.IsPaid ?? true, books.GivenBack);
    }

    /// <summary>How much of what later charges took is there, from 0 to 1.</summary>
    public decimal Coverage => Paid <= 0 ? 0 : GivenBack <= Paid ? 1 : Paid / GivenBack;

    /// <summary>What its payer has twice: by later charges, and by a note, a refund or an end of its invoice.</summary>
    public decimal Doubled => Math.Max(0, GivenBack - Stands);

    private decimal Paid => IsPaid ? Math.Max(0, Stands) : 0;

    /// <summary>The lines of a later charge with what they give back of this one: the share of the price that was paid, and no more than is left.</summary>
    public IReadOnlyList<ChargeLine> Limit(IReadOnlyList<ChargeLine> lines)
    {
        var share = Price == 0 ? 0 : Math.Min(1, Paid / Price);
        var left = Math.Max(0, Paid - GivenBack);
        var limited = new List<ChargeLine>(lines.Count);
        foreach (var line in lines)
        {
            var wanted = -line.Amount.Amount;
            if (wanted <= 0)
            {
                limited.Add(line);
                continue;
            }

            var given = Math.Min((-line.Amount * share).Amount, left);
            left -= given;
            limited.Add(given == wanted ? line : At(line, new Money(-given, line.Amount.Currency)));
        }

        return limited;
    }

    // No share of the price explains it any more.
    private static ChargeLine At(ChargeLine line, Money amount) =>
        line with { UnitPrice = amount, Amount = amount, Quantity = 1, Days = null, OfDays = null };
}
