using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.HostedPages;

public sealed class PayPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 3, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(InvoiceStatus.Pending, null, false, 60, "Choose")]
    [InlineData(InvoiceStatus.Overdue, "failed", true, 60, "Choose")]
    [InlineData(InvoiceStatus.Overdue, "cancelled", true, 60, "Choose")]
    [InlineData(InvoiceStatus.Pending, "pending", true, 60, "Pay")]
    [InlineData(InvoiceStatus.Pending, "pending", true, 0, "Choose")]
    [InlineData(InvoiceStatus.Pending, "pending", false, 60, "Prepare")]
    [InlineData(InvoiceStatus.Pending, "success", true, 60, "Confirm")]
    [InlineData(InvoiceStatus.Paid, "pending", true, 60, "Paid")]
    [InlineData(InvoiceStatus.Cancelled, "success", true, 60, "Cancelled")]
    public void The_page_stands_where_invoice_and_payment_say(InvoiceStatus status, string? payment, bool hasInstructions, int secondsLeft, string step) =>
        Assert.Equal(step, Of(status, payment, hasInstructions, secondsLeft).Step.ToString());

    [Fact]
    public void A_part_that_has_arrived_leaves_the_rest_to_be_paid()
    {
        var page = Of(InvoiceStatus.Pending, "success", true, 60);
        page = page with { Invoice = page.Invoice with { AmountPaid = 11 }, Payment = page.Payment! with { IsHeardOf = true } };

        Assert.Equal(PayStep.Choose, page.Step);
        Assert.Equal(new Money(100, Currency.Idr), ComposeDocument.Of(page.Invoice, [], new BillingProfile("PT Contoh", "", null, null, "id", ["gopay"], null, null).Seller).Due);
    }

    [Theory]
    [InlineData(0, 0, false, "Confirm")]
    [InlineData(9, 0, false, "Confirm")]
    [InlineData(11, 0, false, "Choose")]
    [InlineData(0, 40, false, "Choose")]
    [InlineData(0, 0, true, "Choose")]
    public void Only_a_payment_that_has_just_come_in_and_stayed_is_waited_for(int minutesAgo, int refunded, bool isHeardOf, string step)
    {
        var page = Of(InvoiceStatus.Pending, "success", true, 60);
        page = page with
        {
            Payment = page.Payment! with { SettledAt = Now.AddMinutes(-minutesAgo), Refunded = new Money(refunded, Currency.Idr), IsHeardOf = isHeardOf },
        };

        Assert.Equal(step, page.Step.ToString());
    }

    [Fact]
    public void Only_enabled_methods_are_offered_in_their_order_and_none_that_needs_a_foreign_script()
    {
        Assert.Equal(["indomaret", "gopay"], PayMethod.Offered(["indomaret", "gopay", "credit_card"]).Select(method => method.Value));
        Assert.Equal(11, PayMethod.Offered([.. BillingProfile.AllMethods]).Count);
        Assert.Null(PayMethod.Find("credit_card"));
    }

    [Theory]
    [InlineData("gojek://gopay/1", true)]
    [InlineData("https://simulator.example/pay", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    public void A_provider_leads_to_apps_and_pages_only(string url, bool isShown)
    {
        var page = Of(InvoiceStatus.Pending, "pending", true, 60) with
        {
            Payment = Payment("pending", new PaymentInstructionsView(null, null, null, null, null, url, null), 60),
        };
        Assert.Equal(isShown, PayPageHtml.Of(page).Body.Text.Contains("class=\"button first\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bank_transfer", "bni", false, true)]
    [InlineData("gopay", null, false, true)]
    [InlineData("gopay", null, true, false)]
    [InlineData("credit_card", null, false, false)]
    public void What_is_being_prepared_is_asked_for_again_by_a_press_that_asks_for_just_that(string method, string? bank, bool isSaved, bool isShown)
    {
        var page = Of(InvoiceStatus.Pending, "pending", false, 60);
        page = page with { Payment = page.Payment! with { Method = method, Bank = bank, PaymentMethodId = isSaved ? Guid.CreateVersion7() : null } };

        Assert.Equal(isShown, PayPageHtml.Of(page).Body.Text.Contains("<button name=\"method\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_press_that_would_ask_for_another_amount_than_the_one_being_prepared_is_not_offered()
    {
        var page = Of(InvoiceStatus.Pending, "pending", false, 60);
        page = page with { Payment = page.Payment! with { Amount = new Money(50, Currency.Idr) } };

        Assert.DoesNotContain("<button name=\"method\"", PayPageHtml.Of(page).Body.Text, StringComparison.Ordinal);
    }

    private static PayPage Of(InvoiceStatus status, string? payment, bool hasInstructions, int secondsLeft)
    {
        var invoice = new Invoice(
            Guid.Empty, "INV-2026-01-0001", Guid.Empty, null, null, null, 100, 0.11m, 11, 111, "IDR", status, Now, null, null, Now, null, 100, 0, TaxMode.Exclusive,
            100, IsRenewal: false, IsDraft: false);
        var instructions = hasInstructions ? new PaymentInstructionsView("123", null, null, null, null, null, null) : null;
        return new PayPage(
            "token", invoice, ComposeDocument.Of(invoice, [], new BillingProfile("PT Contoh", "", null, null, "id", ["gopay"], null, null).Seller), null,
            PayMethod.Offered(["gopay"]), payment is null ? null : Payment(payment, instructions, secondsLeft), "id", TimeZoneInfo.Utc, Now);
    }

    private static PagePayment Payment(string status, PaymentInstructionsView? instructions, int secondsLeft) => new(
        Guid.Empty, status, new Money(111, Currency.Idr), "gopay", null, instructions, Now.AddSeconds(secondsLeft), SettledAt: Now);
}
