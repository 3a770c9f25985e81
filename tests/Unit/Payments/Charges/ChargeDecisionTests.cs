using System.Text.Json;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class ChargeDecisionTests
{
    private static readonly Money Price = new(531690, Currency.Idr);

    [Theory]
    [InlineData("gopay", null, "METHOD_NOT_AVAILABLE", 422)]
    [InlineData("credit_card", null, "METHOD_NOT_AVAILABLE", 422)]
    [InlineData("cash", null, "METHOD_NOT_AVAILABLE", 422)]
    [InlineData("bank_transfer", null, "BANK_NOT_AVAILABLE", 400)]
    [InlineData("bank_transfer", "BCA", "BANK_NOT_AVAILABLE", 400)]
    public void A_method_that_cannot_be_taken_is_refused(string method, string? bank, string code, int status)
    {
        var problem = Assert.Throws<ProblemException>(() => PaymentMethods.Check(method, bank, Price));

        Assert.Equal((code, status), (problem.Code, problem.Status));
    }

    [Fact]
    public void Only_rupiah_above_zero_are_charged()
    {
        var usd = Assert.Throws<ProblemException>(() => PaymentMethods.Check("bank_transfer", "bca", new Money(29.99m, Currency.Usd)));
        var zero = Assert.Throws<ProblemException>(() => PaymentMethods.Check("bank_transfer", "bca", Money.Zero(Currency.Idr)));

        Assert.Equal(("CURRENCY_NOT_SUPPORTED", 422), (usd.Code, usd.Status));
        Assert.Equal(("AMOUNT_NOT_POSITIVE", 400), (zero.Code, zero.Status));
    }

    [Fact]
    public void A_virtual_account_is_asked_for_as_Midtrans_wants_it()
    {
        var charge = Wire(Samples.Payment());

        Assert.Equal("bank_transfer", charge.GetProperty("payment_type").GetString());
        Assert.Equal("bca", charge.GetProperty("bank_transfer").GetProperty("bank").GetString());
        Assert.Equal("531690", charge.GetProperty("transaction_details").GetProperty("gross_amount").GetRawText());
        Assert.Equal("SB-1", charge.GetProperty("transaction_details").GetProperty("order_id").GetString());
        Assert.False(charge.TryGetProperty("echannel", out _));
    }

    [Fact]
    public void Mandiri_is_a_bill()
    {
        var charge = Wire(Samples.Payment() with { Bank = "mandiri", Description = new string('x', 100) });

        Assert.Equal("echannel", charge.GetProperty("payment_type").GetString());
        Assert.Equal(30, charge.GetProperty("echannel").GetProperty("bill_info2").GetString()!.Length);
        Assert.Equal(50, charge.GetProperty("item_details")[0].GetProperty("name").GetString()!.Length);
        Assert.False(charge.TryGetProperty("bank_transfer", out _));
    }

    [Fact]
    public void A_pending_payment_of_the_same_amount_is_taken_again()
    {
        var pending = Samples.Payment();

        Assert.Same(pending, PaymentOfInvoice.Choose([pending], Price));
    }

    [Fact]
    public void An_invoice_that_is_paid_withdrawn_or_waits_for_another_amount_is_a_conflict()
    {
        var pending = Samples.Payment();

        Assert.Equal("INVOICE_ALREADY_PAID", Refusal([Samples.Payment(MidtransState.Settlement), pending], Price));
        Assert.Equal("PAYMENT_BEING_CANCELLED", Refusal([pending with { CancelRequestedAt = Samples.Now }], Price));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending], new Money(1, Currency.Idr)));
    }

    private static string Refusal(IReadOnlyList<Payment> live, Money amount) =>
        Assert.Throws<ProblemException>(() => PaymentOfInvoice.Choose(live, amount)).Code;

    private static JsonElement Wire(Payment payment) =>
        JsonSerializer.SerializeToElement(MidtransCharge.Of(payment, new CustomerDetails("Budi", null)), MidtransJson.Options);
}
