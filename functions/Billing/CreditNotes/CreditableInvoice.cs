using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>A line of an invoice, and what earlier credit notes have taken of it.</summary>
public sealed record CreditableLine(Guid Id, string Description, decimal Total, decimal Credited);

/// <summary>A part of a line that is credited, stated as the line is: before tax, or with it where prices include it.</summary>
public sealed record CreditedLine(Guid LineId, string Description, decimal Amount);

/// <summary>What a credit note is to say.</summary>
public sealed record CreditNoteDraft(Money Net, Money Tax, IReadOnlyList<CreditedLine> Lines)
{
    public Money Total => Net + Tax;
}

/// <summary>
/// What is left of an invoice to be credited. Discounts and credits among its lines lower the others by their share, so that only what was really
/// asked for comes back. Tax follows the sum of all notes and not each note, so it never runs ahead, and the last note takes what is left of it.
/// </summary>
/// <param name="GivenBack">What later charges have given back of it as credit, as its lines are stated; no note gives that again.</param>
/// <param name="CreditUsed">What credit paid of it: of what was given back, that comes first.</param>
public sealed record CreditableInvoice(
    Currency Currency, decimal Net, decimal Tax, decimal NetCredited, decimal TaxCredited, IReadOnlyList<CreditableLine> Lines,
    decimal GivenBack = 0, decimal CreditUsed = 0)
{
    /// <summary>Of an invoice that credit paid whole: what its lines had cost, which went untaxed, beside the line of the credit itself.</summary>
    public (CreditableInvoice Paid, CreditableLine Credit) WithoutCredit(decimal credit)
    {
        var line = Lines.Last(one => one.Total == -credit);
        return (new CreditableInvoice(Currency, credit, Tax: 0, -line.Credited, TaxCredited: 0, [.. Lines.Where(one => one != line)], GivenBack), line);
    }

    /// <summary>Of an invoice that credit has paid by notes: so much of it is there, by the shares of what its lines had asked for.</summary>
    public CreditableInvoice OfCredit(decimal credit)
    {
        var asking = Lines.Where(line => line.Total > 0).Select(line => line with { Credited = 0 }).ToList();
        var over = new CreditableLine(Guid.Empty, "", credit - asking.Sum(line => line.Total), Credited: 0);
        return new CreditableInvoice(Currency, credit, Tax: 0, NetCredited: 0, TaxCredited: 0, [.. asking, over]);
    }

    private decimal NetLeft => Net - NetCredited;

    private decimal TaxLeft => Tax - TaxCredited;

    private bool IncludesTax => Lines.Sum(line => line.Total) is var sum && sum != Net && sum == Net + Tax;

    /// <summary>Everything that is left.</summary>
    /// <exception cref="ProblemException">409 when nothing is.</exception>
    public CreditNoteDraft Whole() => Draft([.. Left().Where(line => line.Amount > 0)]);

    /// <summary>So much of these lines.</summary>
    /// <exception cref="ProblemException">400, 409 or 422, saying what can be credited.</exception>
    public CreditNoteDraft Of(IReadOnlyList<(Guid Line, Money Amount)> wanted)
    {
        var left = Left();
        if (wanted.Count == 0 || wanted.DistinctBy(line => line.Line).Count() != wanted.Count)
            throw ProblemException.Invalid("lines", "LINES_NOT_VALID", "Name each line once, with the amount that is credited of it.");
        return Draft([.. wanted.Select(line => Checked(left, line.Line, line.Amount))]);
    }

    /// <summary>So much in all, tax included, of all lines by what is left of them.</summary>
    public CreditNoteDraft OfTotal(Money total)
    {
        // The money has gone: what was given back besides is taken from elsewhere.
        if (GivenBack > 0)
            return (this with { GivenBack = 0 }).OfTotal(total);
        var amount = total.Amount;
        if (amount >= NetLeft + TaxLeft)
            return Whole();

        var unit = Money.FromMinorUnits(1, Currency).Amount;
        var net = Money.Rounded(amount * Net / (Net + Tax), Currency).Amount;
        // Some net is left, so that whatever is left of the tax has a note to stand on.
        net = Math.Clamp(net, amount - TaxLeft, Math.Max(0, NetLeft - unit));
        var left = Left();
        var shares = Spread.Over(IncludesTax ? amount : net, [.. left.Select(line => line.Amount)], Currency);
        var lines = left.Zip(shares, (line, share) => line with { Amount = share }).Where(line => line.Amount > 0);
        return new CreditNoteDraft(new Money(net, Currency), new Money(amount - net, Currency), [.. lines]);
    }

    private CreditedLine Checked(IReadOnlyList<CreditedLine> left, Guid id, Money amount)
    {
        if (amount.Currency != Currency || amount.Amount <= 0)
            throw ProblemException.Invalid("lines", "LINES_NOT_VALID", $"What is credited of a line is an amount above zero in {Currency}.");
        var line = left.FirstOrDefault(one => one.LineId == id)
            ?? throw ProblemException.Invalid("lines", "LINE_NOT_FOUND", "The invoice has no such line that asks for money.");
        return amount.Amount <= line.Amount
            ? line with { Amount = amount.Amount }
            : throw ProblemException.Unprocessable(
                "CREDIT_EXCEEDS_LINE", $"Of \"{line.Description}\" {new Money(line.Amount, Currency)} are left to be credited, not {amount}.");
    }

    private CreditNoteDraft Draft(IReadOnlyList<CreditedLine> lines)
    {
        var amount = lines.Sum(line => line.Amount);
        if (amount == 0)
            throw ProblemException.Conflict("NOTHING_LEFT_TO_CREDIT", "Nothing is left of this invoice to be credited.");

        var whole = IncludesTax ? Net + Tax : Net;
        var after = amount + NetCredited + (IncludesTax ? TaxCredited : 0);
        var tax = after == whole
            ? TaxLeft
            : Math.Clamp(Money.Rounded(Tax * after / whole, Currency).Amount - TaxCredited, 0, TaxLeft);
        if (IncludesTax)
            tax = Math.Clamp(tax, Math.Max(0, amount - NetLeft), amount);
        var net = IncludesTax ? amount - tax : amount;
        return new CreditNoteDraft(new Money(net, Currency), new Money(tax, Currency), lines);
    }

    private IReadOnlyList<CreditedLine> Left()
    {
        var asking = Lines.Where(line => line.Total > 0).ToList();
        var taken = -Lines.Where(line => line.Total < 0).Sum(line => line.Total);
        var shares = Spread.Over(taken, [.. asking.Select(line => line.Total)], Currency);
        var left = asking.Zip(shares, (line, share) => line.Total - share - line.Credited).ToList();
        var given = Spread.Over(Math.Clamp(GivenBack - CreditUsed, 0, left.Sum()), left, Currency);
        return [.. asking.Select((line, place) => new CreditedLine(line.Id, line.Description, left[place] - given[place]))];
    }
}
