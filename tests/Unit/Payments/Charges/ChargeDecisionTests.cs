using System.Text.Json;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class ChargeDecisionTests
{
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
    public void A_pending_payment_of_the_same_amount_is_taken_again_and_without_one_there_is_none()
    {
        var pending = Samples.Payment();

        Assert.Same(pending, PaymentOfInvoice.Find([pending], Wish(pending)));
        Assert.Null(PaymentOfInvoice.Find([], Wish(pending)));
    }

    [Fact]
    public void An_invoice_that_is_paid_withdrawn_or_waits_for_another_amount_is_a_conflict()
    {
        var pending = Samples.Payment();

        Assert.Equal("INVOICE_ALREADY_PAID", Refusal([Samples.Payment(ProviderState.Settlement), pending], Wish(pending)));
        Assert.Equal("PAYMENT_BEING_CANCELLED", Refusal([pending with { CancelRequestedAt = Samples.Now }], Wish(pending)));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending], Wish(pending with { InvoiceAmount = 1 })));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending], Wish(pending with { Method = PaymentMethods.Gopay, Bank = null })));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending], Wish(pending with { Bank = "bni" })));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_names_a_card_or_wallet_is_not_charged_by_another_one(bool isNewOne)
    {
        var pending = Samples.Payment() with { Method = PaymentMethods.CreditCard, Bank = null, PaymentMethodId = Guid.CreateVersion7() };
        var wish = Wish(pending) with { PaymentMethodId = isNewOne ? null : Guid.CreateVersion7() };

        Assert.Same(pending, PaymentOfInvoice.Find([pending], Wish(pending)));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending], wish));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending with { PaymentMethodId = null }], Wish(pending)));
    }

    [Fact]
    public void The_next_part_of_an_invoice_may_be_paid_when_an_earlier_one_is()
    {
        var paid = Samples.Payment(ProviderState.Settlement);
        var second = Samples.Payment() with { Installment = 2 };

        Assert.Same(second, PaymentOfInvoice.Find([paid, second], Wish(second)));
        Assert.Equal("INVOICE_ALREADY_PAID", Refusal([paid, paid with { Installment = 2 }], Wish(second)));
    }

    [Fact]
    public void A_charge_of_what_the_user_keeps_is_found_whatever_he_keeps_by_now()
    {
        var pending = Samples.Payment() with { Method = PaymentMethods.Gopay, Bank = null, PaymentMethodId = Guid.CreateVersion7() };
        var wish = Wish(pending) with { Method = PaymentMethods.Saved };

        Assert.Same(pending, PaymentOfInvoice.Find([pending], wish));
        Assert.Equal("PAYMENT_PENDING", Refusal([pending with { PaymentMethodId = null }], wish));
    }

    [Fact]
    public void A_card_is_charged_by_its_token_with_its_owners_proof_and_a_saved_one_without()
    {
        var card = Samples.Payment() with { Method = PaymentMethods.CreditCard, Details = """{"saveMethod":true,"authorizeOnly":true}""" };
        var first = Wire(card, "token").GetProperty("credit_card");
        var again = Wire(card with { Details = "{}", PaymentMethodId = Guid.CreateVersion7() }, "saved").GetProperty("credit_card");

        Assert.Equal(("token", true, true, "authorize"), (
            first.GetProperty("token_id").GetString(), first.GetProperty("authentication").GetBoolean(),
            first.GetProperty("save_token_id").GetBoolean(), first.GetProperty("type").GetString()));
        Assert.Equal(("saved", false), (again.GetProperty("token_id").GetString(), again.GetProperty("authentication").GetBoolean()));
        Assert.False(again.TryGetProperty("type", out _));
    }

    [Fact]
    public void The_time_to_pay_is_counted_from_the_row_and_written_with_the_zone_of_Jakarta()
    {
        var expiry = Wire(Samples.Payment() with { Details = """{"expiresInMinutes":90}""" }).GetProperty("custom_expiry");

        Assert.Equal("2026-11-22 20:00:00 +0700", expiry.GetProperty("order_time").GetString());
        Assert.Equal((90, "minute"), (expiry.GetProperty("expiry_duration").GetInt32(), expiry.GetProperty("unit").GetString()));
    }

    [Fact]
    public void A_hosted_page_offers_DANA_alone_and_closes_when_the_time_is_over()
    {
        var payment = Samples.Payment() with { Method = PaymentMethods.Dana, Details = """{"expiresInMinutes":30,"callbackUrl":"https://shop.example/done"}""" };
        var page = JsonSerializer.SerializeToElement(MidtransSnap.Of(new ChargeOrder(payment, null, null, null)), MidtransJson.Options);

        Assert.Equal("dana", Assert.Single(page.GetProperty("enabled_payments").EnumerateArray()).GetString());
        Assert.Equal(30, page.GetProperty("page_expiry").GetProperty("duration").GetInt32());
        Assert.Equal("https://shop.example/done", page.GetProperty("dana").GetProperty("callback_url").GetString());
        Assert.Equal(Samples.Now.AddMinutes(30), MidtransSnap.ExpiryOf(payment));
    }

    private static ChargeRequest Wish(Payment payment) => new()
    {
        InvoiceId = payment.InvoiceId, UserId = payment.UserId, Amount = payment.Asked, Installment = payment.Installment, Method = payment.Method,
        Bank = payment.Bank, PaymentMethodId = payment.PaymentMethodId, Description = payment.Description,
    };

    private static string Refusal(IReadOnlyList<Payment> live, ChargeRequest request) =>
        Assert.Throws<ProblemException>(() => PaymentOfInvoice.Find(live, request)).Code;

    private static JsonElement Wire(Payment payment, string? token = null) => JsonSerializer.SerializeToElement(
        MidtransCharge.Of(new ChargeOrder(payment, new ChargeCustomer { FirstName = "Budi" }, token, null)), MidtransJson.Options);
}
