using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Charges;

/// <summary>What the books say of a charge, or of the invoice that stands for it.</summary>
/// <param name="EarlierCharge">Of which charge this one took something back.</param>
/// <param name="Taken">How much that was, as far as it is kept.</param>
/// <param name="Charged">What it charges where no invoice was needed: what it took back covers it.</param>
/// <param name="IsBilled">There is an invoice.</param>
/// <param name="Asked">The lines that ask for money; the others, beside discount and credit, take it back of an earlier charge.</param>
/// <param name="Credit">What the invoice took of the payer's balance.</param>
/// <param name="Returned">What its payer has got back of it by credit notes and as credit.</param>
/// <param name="TakenBack">What has left the payer's balance again because of it.</param>
/// <param name="GivenBack">What later charges took back of it.</param>
public sealed record ChargeBooks(
    Guid? EarlierCharge, decimal? Taken, decimal Charged, bool IsBilled, bool IsCancelled, decimal Asked, decimal Subtotal, decimal Discount,
    decimal Credit, decimal Returned, decimal TakenBack, decimal GivenBack)
{
    /// <summary>What it took back of an earlier charge to pay itself: nothing when it was withdrawn and gave that one back what it had taken.</summary>
    public decimal Carried => Math.Min(IsBilled ? Asked - Subtotal : Charged, Taken ?? decimal.MaxValue);

    /// <summary>What later charges gave back beyond that and its payer still has: of the money that its own invoice brought.</summary>
    public decimal GivenOfItsOwn => Math.Max(0, GivenBack - Carried - TakenBack);
}

/// <summary>
/// What there is to give back of a charge. Subscriptions reckons by prices; here stands what was really paid of them and what of that its payer does not
/// have again. What is open of it counts as paid: it is owed, and whatever is given back lowers that first.
/// </summary>
/// <param name="Price">What it asked for its plan.</param>
/// <param name="Stands">What coupons and credit notes leave of that.</param>
/// <param name="GivenBack">What later charges took back of it.</param>
public sealed record ChargeWorth(decimal Price, decimal Stands, bool IsCancelled, decimal GivenBack)
{
    /// <param name="carriedCoverage">How much of what it took back of an earlier charge was there to be taken, from 0 to 1.</param>
    public static ChargeWorth Of(ChargeBooks books, decimal carriedCoverage, Currency currency)
    {
        var own = books.IsBilled && !books.IsCancelled ? books.Subtotal - books.Discount - books.Returned : 0;
        var carried = Money.Rounded(books.Carried * carriedCoverage, currency).Amount;
        return new ChargeWorth(books.IsBilled ? books.Asked : books.Charged, own + carried, books.IsCancelled, books.GivenBack);
    }

    /// <summary>How much of what later charges took is there, from 0 to 1.</summary>
    public decimal Coverage => Paid <= 0 ? 0 : GivenBack <= Paid ? 1 : Paid / GivenBack;

    /// <summary>What its payer has twice: by later charges, and by a note, a refund or an end of its invoice.</summary>
    public decimal Doubled => Math.Max(0, GivenBack - Stands);

    /// <summary>What its payer has paid of it and does not have again.</summary>
    public decimal Left => Math.Max(0, Paid - GivenBack);

    private decimal Paid => IsCancelled ? 0 : Math.Max(0, Stands);

    /// <summary>The lines of a later charge with what they give back of this one: the share of the price that was paid, and no more than is left.</summary>
    public IReadOnlyList<ChargeLine> Limit(IReadOnlyList<ChargeLine> lines)
    {
        var share = Price == 0 ? 0 : Math.Min(1, Paid / Price);
        var left = Left;
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
