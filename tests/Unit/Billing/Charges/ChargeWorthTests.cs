using CsCheck;
using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Charges;

public sealed class ChargeWorthTests
{
    private static readonly ChargeBooks Paid = new(
        EarlierCharge: null, Charged: 0, IsPaid: true, IsCancelled: false, Asked: 30, Subtotal: 30, Discount: 0, Credit: 0, Returned: 0, GivenBack: 0);

    // Of a plan at 30 Subscriptions gives the rest back: by its price.
    [Theory]
    [InlineData(true, 0, 0, 0, 27, 27)]
    [InlineData(true, 15, 0, 0, 27, 13.50)]
    [InlineData(true, 0, 30, 0, 27, 0)]
    [InlineData(true, 0, 10, 0, 27, 18)]
    [InlineData(true, 0, 0, 20, 27, 10)]
    [InlineData(true, 0, 15, 15, 15, 0)]
    [InlineData(false, 0, 0, 0, 27, 0)]
    public void What_is_given_back_was_paid_and_is_left(
        bool isPaid, decimal discount, decimal returned, decimal given, decimal asked, decimal worth)
    {
        var books = Paid with { IsPaid = isPaid, Discount = discount, Returned = returned, GivenBack = given };

        Assert.Equal(Usd(-worth), ChargeWorth.Of(books, 1).Limit([Line(-asked)])[0].Amount);
    }

    [Fact]
    public void What_is_charged_stays_and_a_line_that_is_worth_all_of_itself_stays_explained()
    {
        var (line, charge) = (Line(-27) with { Days = 27, OfDays = 30 }, Line(45));

        Assert.Equal([line, charge], ChargeWorth.Of(Paid, 1).Limit([line, charge]));
        Assert.Null(ChargeWorth.Of(Paid with { Discount = 15 }, 1).Limit([line])[0].Days);
    }

    // 99.99 that took 29.99 of the plan before: 70 were paid for it.
    [Theory]
    [InlineData(1, 0, 95, 95)]
    [InlineData(0, 0, 99.99, 70)]
    [InlineData(1, 70, 99.99, 29.99)]
    public void What_an_upgrade_took_over_counts_as_far_as_it_was_there(decimal coverage, decimal returned, decimal asked, decimal worth)
    {
        var books = Paid with { EarlierCharge = Guid.CreateVersion7(), Asked = 99.99m, Subtotal = 70, Returned = returned };

        Assert.Equal(Usd(-worth), ChargeWorth.Of(books, coverage).Limit([Line(-asked)])[0].Amount);
    }

    [Theory]
    [InlineData(1, 28)]
    [InlineData(0.5, 14)]
    public void A_charge_without_an_invoice_is_worth_what_it_took_over(decimal coverage, decimal worth)
    {
        var books = Paid with { EarlierCharge = Guid.CreateVersion7(), Charged = 30, IsPaid = null, Asked = 0, Subtotal = 0 };

        Assert.Equal(Usd(-worth), ChargeWorth.Of(books, coverage).Limit([Line(-28)])[0].Amount);
    }

    [Theory]
    [InlineData(true, 0, 0, 1, 0)]
    [InlineData(true, 0, 30, 1, 0)]
    [InlineData(true, 30, 27, 0, 27)]
    [InlineData(true, 10, 25, 0.8, 5)]
    [InlineData(false, 0, 27, 0, 0)]
    public void What_later_charges_took_is_covered_by_what_is_there(bool isPaid, decimal returned, decimal given, decimal coverage, decimal doubled)
    {
        var worth = ChargeWorth.Of(Paid with { IsPaid = isPaid, Returned = returned, GivenBack = given }, 1);

        Assert.Equal((coverage, doubled), (worth.Coverage, worth.Doubled));
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
                    books = books with { GivenBack = books.GivenBack - ChargeWorth.Of(books, 1).Limit([Line(-units / 100m)])[0].Amount.Amount };
            }

            return books.Returned + books.GivenBack <= books.Subtotal - books.Discount;
        });

    private static ChargeLine Line(decimal amount) => new("line", 1, Usd(amount), Usd(amount));

    private static Money Usd(decimal amount) => new(amount, Currency.Usd);
}
