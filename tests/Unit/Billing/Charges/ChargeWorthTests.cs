using CsCheck;
using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Charges;

public sealed class ChargeWorthTests
{
    private static readonly ChargeBooks Paid = new(
        EarlierCharge: null, Taken: null, Charged: 0, IsBilled: true, IsCancelled: false, Asked: 30, Subtotal: 30, Discount: 0, Credit: 0, Returned: 0,
        TakenBack: 0, GivenBack: 0);

    // Of a plan at 30 Subscriptions gives the rest back: by its price.
    [Theory]
    [InlineData(false, 0, 0, 0, 27, 27)]
    [InlineData(false, 15, 0, 0, 27, 13.50)]
    [InlineData(false, 0, 30, 0, 27, 0)]
    [InlineData(false, 0, 10, 0, 27, 18)]
    [InlineData(false, 0, 0, 20, 27, 10)]
    [InlineData(false, 0, 15, 15, 15, 0)]
    [InlineData(true, 0, 0, 0, 27, 0)]
    public void What_is_given_back_was_paid_and_is_left(
        bool isCancelled, decimal discount, decimal returned, decimal given, decimal asked, decimal worth)
    {
        var books = Paid with { IsCancelled = isCancelled, Discount = discount, Returned = returned, GivenBack = given };

        Assert.Equal(Usd(-worth), Worth(books).Limit([Line(-asked)])[0].Amount);
    }

    [Fact]
    public void What_is_charged_stays_and_a_line_that_is_worth_all_of_itself_stays_explained()
    {
        var (line, charge) = (Line(-27) with { Days = 27, OfDays = 30 }, Line(45));

        Assert.Equal([line, charge], Worth(Paid).Limit([line, charge]));
        Assert.Null(Worth(Paid with { Discount = 15 }).Limit([line])[0].Days);
    }

    // 99.99 that took 29.99 of the plan before: 70 were paid for it.
    [Theory]
    [InlineData(1, 0, 95, 95)]
    [InlineData(0, 0, 99.99, 70)]
    [InlineData(1, 70, 99.99, 29.99)]
    public void What_an_upgrade_took_over_counts_as_far_as_it_was_there(decimal coverage, decimal returned, decimal asked, decimal worth)
    {
        var books = Paid with { EarlierCharge = Guid.CreateVersion7(), Asked = 99.99m, Subtotal = 70, Returned = returned };

        Assert.Equal(Usd(-worth), Worth(books, coverage).Limit([Line(-asked)])[0].Amount);
    }

    [Fact]
    public void What_an_upgrade_gave_back_to_the_plan_before_it_is_no_longer_its_own()
    {
        var books = Paid with { EarlierCharge = Guid.CreateVersion7(), Taken = 0, Asked = 99.99m, Subtotal = 70 };

        Assert.Equal(Usd(-70), Worth(books).Limit([Line(-99.99m)])[0].Amount);
    }

    [Theory]
    [InlineData(1, 28)]
    [InlineData(0.5, 14)]
    public void A_charge_without_an_invoice_is_worth_what_it_took_over(decimal coverage, decimal worth)
    {
        var books = WithoutInvoice with { Charged = 30 };

        Assert.Equal(Usd(-worth), Worth(books, coverage).Limit([Line(-28)])[0].Amount);
    }

    // 47 are left of 100 of which a downgrade took 100: of its 29.99, 14.0953 were there.
    [Theory]
    [InlineData("USD", 29.99, 0.47, 14.10)]
    [InlineData("IDR", 479000, 0.3333333333, 159667)]
    public void What_was_there_of_what_was_taken_over_is_money_of_its_currency(string code, decimal charged, decimal coverage, decimal worth)
    {
        var currency = Currency.Parse(code);
        var books = ChargeWorth.Of(WithoutInvoice with { Charged = charged, GivenBack = charged }, coverage, currency);
        var limited = (books with { GivenBack = 0 }).Limit([Line(new Money(-charged, currency))]);

        Assert.Equal((new Money(-worth, currency), new Money(charged - worth, currency)), (limited[0].Amount, new Money(books.Doubled, currency)));
    }

    [Theory]
    [InlineData(false, 0, 0, 1, 0)]
    [InlineData(false, 0, 30, 1, 0)]
    [InlineData(false, 30, 27, 0, 27)]
    [InlineData(false, 10, 25, 0.8, 5)]
    [InlineData(true, 0, 27, 0, 27)]
    public void What_later_charges_took_is_covered_by_what_is_there(bool isCancelled, decimal returned, decimal given, decimal coverage, decimal doubled)
    {
        var worth = Worth(Paid with { IsCancelled = isCancelled, Returned = returned, GivenBack = given });

        Assert.Equal((coverage, doubled), (worth.Coverage, worth.Doubled));
    }

    // Of 100 that were paid, or of 70 and what 30 of the plan before were worth.
    [Theory]
    [InlineData(100, 50, 0, 50)]
    [InlineData(100, 50, 50, 0)]
    [InlineData(100, 50, 20, 30)]
    [InlineData(70, 50, 0, 20)]
    [InlineData(70, 50, 50, 0)]
    public void Given_back_is_what_the_payer_still_has_of_it(decimal subtotal, decimal given, decimal takenBack, decimal ofItsOwn)
    {
        var books = Paid with { Asked = 100, Subtotal = subtotal, GivenBack = given, TakenBack = takenBack };

        Assert.Equal(ofItsOwn, books.GivenOfItsOwn);
    }

    [Fact]
    public void However_it_comes_back_it_is_never_more_than_was_paid() =>
        Gen.Select(Gen.Int[1, 10_000], Gen.Int[0, 100], Gen.Select(Gen.Bool, Gen.Int[0, 10_000]).Array[1, 12]).Sample((price, percent, steps) =>
        {
            var discount = decimal.Round(price * percent / 100m / 100, 2, MidpointRounding.AwayFromZero);
            var books = Paid with { Asked = price / 100m, Subtotal = price / 100m, Discount = discount };
            foreach (var (isNote, units) in steps)
            {
                if (isNote)
                    books = books with { Returned = books.Returned + Math.Min(units / 100m, Math.Max(0, books.Subtotal - books.Discount - books.Returned - books.GivenBack)) };
                else
                    books = books with { GivenBack = books.GivenBack - Worth(books).Limit([Line(-units / 100m)])[0].Amount.Amount };
            }

            return books.Returned + books.GivenBack <= books.Subtotal - books.Discount;
        });

    private static ChargeBooks WithoutInvoice =>
        Paid with { EarlierCharge = Guid.CreateVersion7(), Taken = 1_000_000, IsBilled = false, Asked = 0, Subtotal = 0 };

    private static ChargeWorth Worth(ChargeBooks books, decimal coverage = 1) => ChargeWorth.Of(books, coverage, Currency.Usd);

    private static ChargeLine Line(decimal amount) => Line(Usd(amount));

    private static ChargeLine Line(Money amount) => new("line", 1, amount, amount);

    private static Money Usd(decimal amount) => new(amount, Currency.Usd);
}
