using CsCheck;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Rates;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Rates;

public sealed class FxQuoteTests
{
    [Theory]
    [InlineData("29.99", "16650", "499334")]
    [InlineData("0.01", "16650.123456", "167")]
    [InlineData("100", "16000", "1600000")]
    public void Rupiah_are_rounded_up(string usd, string rate, string rupiah) =>
        Assert.Equal(new Money(decimal.Parse(rupiah), Currency.Idr), Quote(decimal.Parse(rate)).Convert(new Money(decimal.Parse(usd), Currency.Usd)));

    [Fact]
    public void More_rupiah_than_can_be_charged_are_refused()
    {
        var refused = Assert.Throws<ProblemException>(() => Quote(16_000).Convert(new Money(700_000_000_000, Currency.Usd)));

        Assert.Equal((422, "AMOUNT_TOO_LARGE"), (refused.Status, refused.Code));
    }

    [Fact]
    public void Less_than_one_rupiah_is_added_and_nothing_taken_away() =>
        Gen.Select(Gen.Int[1, 100_000_000], Gen.Int[1, 30_000_000]).Sample((cents, thousandths) =>
        {
            var (usd, rate) = (Money.FromMinorUnits(cents, Currency.Usd), thousandths / 1000m);
            var added = Quote(rate).Convert(usd).Amount - (usd.Amount * rate);
            return added is >= 0 and < 1;
        });

    [Fact]
    public void What_goes_back_adds_up_to_the_invoices_money() =>
        Gen.Select(Gen.Int[1, 10_000_00], Gen.Int[0, 100]).Sample((cents, share) =>
        {
            var asked = Money.FromMinorUnits(cents, Currency.Usd);
            var payment = Samples.Payment() with
            {
                Amount = Quote(16650).Convert(asked).Amount, InvoiceAmount = asked.Amount, InvoiceCurrency = Currency.Usd,
            };
            var part = payment.InInvoiceMoney(decimal.Truncate(payment.Amount * share / 100));
            return part >= Money.Zero(Currency.Usd) && part <= asked && payment.InInvoiceMoney(payment.Amount) == asked;
        });

    private static FxQuote Quote(decimal rate) => new(Guid.CreateVersion7(), Currency.Usd, rate, "test", Samples.Now, Samples.Now.AddDays(1));
}
