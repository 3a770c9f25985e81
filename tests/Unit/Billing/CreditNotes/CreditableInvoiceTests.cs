using CsCheck;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Billing.CreditNotes;

public sealed class CreditableInvoiceTests
{
    private static readonly Guid First = Guid.CreateVersion7();
    private static readonly Guid Second = Guid.CreateVersion7();
    private static readonly Guid Third = Guid.CreateVersion7();

    // Two lines of 50 carry a tax of 11: half of it is 5.5.
    [Theory]
    [InlineData(50, 6)]
    [InlineData(25, 3)]
    [InlineData(5, 1)]
    [InlineData(4, 0)]
    public void A_part_of_a_line_brings_its_share_of_the_tax(decimal amount, decimal tax)
    {
        var draft = Invoice(0, 50, 50).Of([(First, Rupiah(amount))]);

        Assert.Equal((Rupiah(amount), Rupiah(tax)), (draft.Net, draft.Tax));
    }

    [Fact]
    public void The_last_note_takes_what_rounding_has_left()
    {
        var invoice = Invoice(0, 50, 50);
        var (afterFirst, first) = Apply(invoice, invoice.Of([(First, Rupiah(50))]));
        var last = afterFirst.Whole();

        Assert.Equal((Rupiah(6), Rupiah(5)), (first.Tax, last.Tax));
        Assert.Equal(Rupiah(111), first.Total + last.Total);
    }

    [Fact]
    public void Many_small_notes_never_credit_more_tax_than_there_is()
    {
        var invoice = Invoice(0, 50, 50);
        var taxes = new List<decimal>();
        for (var note = 0; note < 10; note++)
        {
            (invoice, var draft) = Apply(invoice, invoice.Of([(First, Rupiah(5))]));
            taxes.Add(draft.Tax.Amount);
        }

        Assert.Equal([1, 0, 1, 0, 1, 0, 1, 0, 1, 1], taxes);
        Assert.Equal(Rupiah(5), invoice.Whole().Tax);
    }

    [Fact]
    public void A_discount_lowers_what_its_lines_can_give_back()
    {
        var invoice = Invoice(-30, 200, 100);

        Assert.Equal([180m, 90m], invoice.Whole().Lines.Select(line => line.Amount));
        Assert.Equal(Rupiah(270), invoice.Whole().Net);
        Assert.Equal("CREDIT_EXCEEDS_LINE", Refusal(() => invoice.Of([(First, Rupiah(181))])));
    }

    [Fact]
    public void Prices_that_include_the_tax_are_credited_with_it()
    {
        // 111 and 222 hold 33 of tax.
        var invoice = new CreditableInvoice(Currency.Idr, 300, 33, 0, 0, [Line(First, 111), Line(Second, 222)]);
        var (rest, part) = Apply(invoice, invoice.Of([(First, Rupiah(111))]));

        Assert.Equal((Rupiah(100), Rupiah(11)), (part.Net, part.Tax));
        Assert.Equal((Rupiah(200), Rupiah(22)), (rest.Whole().Net, rest.Whole().Tax));
    }

    [Fact]
    public void What_cannot_be_credited_is_refused_with_a_reason()
    {
        var invoice = Invoice(0, 50, 50);
        var (credited, _) = Apply(invoice, invoice.Whole());

        Assert.Equal("CREDIT_EXCEEDS_LINE", Refusal(() => invoice.Of([(First, Rupiah(51))])));
        Assert.Equal("LINE_NOT_FOUND", Refusal(() => invoice.Of([(Third, Rupiah(1))])));
        Assert.Equal("LINES_NOT_VALID", Refusal(() => invoice.Of([])));
        Assert.Equal("LINES_NOT_VALID", Refusal(() => invoice.Of([(First, Rupiah(1)), (First, Rupiah(1))])));
        Assert.Equal("LINES_NOT_VALID", Refusal(() => invoice.Of([(First, Rupiah(0))])));
        Assert.Equal("LINES_NOT_VALID", Refusal(() => invoice.Of([(First, new Money(1, Currency.Usd))])));
        Assert.Equal("NOTHING_LEFT_TO_CREDIT", Refusal(() => credited.Whole()));
    }

    [Fact]
    public void What_credit_paid_whole_can_be_credited_up_to_that_credit()
    {
        var credit = Line(Second, -90);
        var (paid, line) = new CreditableInvoice(Currency.Idr, 0, 0, 0, 0, [Line(First, 100), Line(Third, -10), credit]).WithoutCredit(90);

        Assert.Equal(credit, line);
        Assert.Equal((Rupiah(90), Rupiah(0)), (paid.Whole().Net, paid.Whole().Tax));
        // A note of 40 is there: its lines took 40 and gave the credit of 40 back.
        var rest = new CreditableInvoice(Currency.Idr, 0, 0, 0, 0, [Line(First, 100) with { Credited = 40 }, Line(Third, -10), credit with { Credited = -40 }]);
        Assert.Equal(Rupiah(50), rest.WithoutCredit(90).Paid.Whole().Total);
        Assert.Equal("CREDIT_EXCEEDS_LINE", Refusal(() => rest.WithoutCredit(90).Paid.Of([(First, Rupiah(51))])));
    }

    // Of 300, of which a discount took 30, notes from credit have taken all. So much of that credit is still in it.
    [Theory]
    [InlineData(270, 180, 90)]
    [InlineData(100, 67, 33)]
    public void What_credit_paid_by_notes_is_credited_as_far_as_it_is_in_it_and_without_tax(decimal credit, decimal first, decimal second)
    {
        var (paid, _) = Apply(Invoice(-30, 200, 100), Invoice(-30, 200, 100).Whole());
        var left = paid.OfCredit(credit);

        Assert.Equal((Rupiah(credit), Rupiah(0)), (left.Whole().Net, left.Whole().Tax));
        Assert.Equal([first, second], left.Whole().Lines.Select(line => line.Amount));
        Assert.Equal(Rupiah(10), left.Of([(Second, Rupiah(10))]).Total);
        Assert.Equal("CREDIT_EXCEEDS_LINE", Refusal(() => left.Of([(Second, Rupiah(second + 1))])));
    }

    // Of 300, of which credit paid 100: what was given back is first of that credit.
    [Theory]
    [InlineData(90, 200)]
    [InlineData(130, 170)]
    [InlineData(270, 30)]
    public void What_was_given_back_otherwise_no_note_gives_again(decimal given, decimal left)
    {
        var invoice = Invoice(-100, 200, 100) with { GivenBack = given, CreditUsed = 100 };

        Assert.Equal(Rupiah(left), invoice.Whole().Net);
        // A refund that has gone has gone.
        Assert.Equal(Rupiah(222), invoice.OfTotal(Rupiah(222)).Total);
        Assert.Equal("NOTHING_LEFT_TO_CREDIT", Refusal(() => (invoice with { GivenBack = 300 }).Whole()));
    }

    [Fact]
    public void A_total_is_spread_over_the_lines_by_what_is_left_of_them()
    {
        var draft = Invoice(0, 75, 25).OfTotal(Rupiah(56));

        Assert.Equal((Rupiah(50), Rupiah(6)), (draft.Net, draft.Tax));
        Assert.Equal([38m, 12m], draft.Lines.Select(line => line.Amount));
    }

    [Fact]
    public void Notes_of_any_kind_add_up_to_the_invoice_and_never_go_beyond_it()
    {
        var amounts = Gen.Int[1, 2_000_000].Array[1, 6];
        var parts = Gen.Select(Gen.Int[0, 5], Gen.Double[0.01, 1], Gen.Bool).Array[0, 12];
        Gen.Select(amounts, Gen.Int[0, 50], Gen.Bool, parts, Gen.Bool).Sample((lines, discount, inclusive, steps, dollars) =>
        {
            var currency = dollars ? Currency.Usd : Currency.Idr;
            var invoice = Random(lines, discount, inclusive, currency);
            var whole = invoice.Net + invoice.Tax;
            foreach (var (place, share, byTotal) in steps)
            {
                if (invoice.NetCredited + invoice.TaxCredited == whole)
                    break;
                (invoice, var draft) = Apply(invoice, Step(invoice, place, share, byTotal, whole));
                if (draft.Net.Amount < 0 || draft.Tax.Amount < 0 || draft.Total.Amount <= 0)
                    return false;
                if (invoice.NetCredited > invoice.Net || invoice.TaxCredited > invoice.Tax)
                    return false;
            }

            if (invoice.NetCredited + invoice.TaxCredited < whole)
                (invoice, _) = Apply(invoice, invoice.Whole());
            return invoice.NetCredited == invoice.Net && invoice.TaxCredited == invoice.Tax;
        });
    }

    private static CreditNoteDraft Step(CreditableInvoice invoice, int place, double share, bool byTotal, decimal whole)
    {
        var left = whole - invoice.NetCredited - invoice.TaxCredited;
        if (byTotal)
            return invoice.OfTotal(Part(left, share, invoice.Currency));
        var lines = invoice.Whole().Lines;
        var line = lines[place % lines.Count];
        return invoice.Of([(line.LineId, Part(line.Amount, share, invoice.Currency))]);
    }

    private static Money Part(decimal amount, double share, Currency currency)
    {
        var unit = Money.FromMinorUnits(1, currency);
        var part = Money.Rounded(amount * (decimal)share, currency);
        return part > unit ? part : unit;
    }

    private static CreditableInvoice Random(int[] lines, int discount, bool inclusive, Currency currency)
    {
        var rows = lines.Select(units => Line(Guid.CreateVersion7(), Money.FromMinorUnits(units, currency).Amount)).ToList();
        var taken = Money.Rounded(rows.Sum(row => row.Total) * discount / 100, currency).Amount;
        if (taken > 0)
            rows.Add(Line(Guid.CreateVersion7(), -taken));
        var sum = rows.Sum(row => row.Total);
        var net = inclusive ? Money.Rounded(sum / 1.11m, currency).Amount : sum;
        var tax = inclusive ? sum - net : Money.Rounded(net * 0.11m, currency).Amount;
        return new CreditableInvoice(currency, net, tax, 0, 0, rows);
    }

    private static (CreditableInvoice After, CreditNoteDraft Draft) Apply(CreditableInvoice invoice, CreditNoteDraft draft)
    {
        var taken = draft.Lines.ToDictionary(line => line.LineId, line => line.Amount);
        return (
            invoice with
            {
                NetCredited = invoice.NetCredited + draft.Net.Amount,
                TaxCredited = invoice.TaxCredited + draft.Tax.Amount,
                Lines = [.. invoice.Lines.Select(line => line with { Credited = line.Credited + taken.GetValueOrDefault(line.Id) })],
            },
            draft);
    }

    private static CreditableInvoice Invoice(decimal discount, params decimal[] lines)
    {
        var rows = lines.Zip([First, Second], (total, id) => Line(id, total)).ToList();
        if (discount != 0)
            rows.Add(Line(Third, discount));
        var net = rows.Sum(row => row.Total);
        return new CreditableInvoice(Currency.Idr, net, Money.Rounded(net * 0.11m, Currency.Idr).Amount, 0, 0, rows);
    }

    private static CreditableLine Line(Guid id, decimal total) => new(id, "line", total, 0);

    private static Money Rupiah(decimal amount) => new(amount, Currency.Idr);

    private static string Refusal(Action credit) => Assert.Throws<ProblemException>(credit).Code;
}
