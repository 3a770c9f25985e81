using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class ChargeTests(PaymentsDesk desk)
{
    [Theory]
    [InlineData("bca")]
    [InlineData("bni")]
    [InlineData("bri")]
    [InlineData("cimb")]
    [InlineData("permata")]
    public async Task A_bank_transfer_gets_a_virtual_account(string bank)
    {
        var payment = await desk.ChargeAsync(bank: bank);

        Assert.Equal("pending", (string?)payment["status"]);
        Assert.Equal(531690, (decimal)payment["amount"]!["amount"]!);
        Assert.True(((string)payment["orderId"]!).Length <= 50);
        Assert.Matches("^[0-9]{8,}$", (string)payment["instructions"]!["vaNumber"]!);
        Assert.NotNull((string?)payment["expiresAt"]);
    }

    [Fact]
    public async Task Mandiri_gets_a_bill()
    {
        var payment = await desk.ChargeAsync(bank: "mandiri");

        Assert.Equal("70012", (string?)payment["instructions"]!["billerCode"]);
        Assert.NotNull((string?)payment["instructions"]!["billKey"]);
    }

    [Fact]
    public async Task A_paid_charge_settles_and_is_told_once()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");

        Assert.Equal("success", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
        Assert.Equal(["opened", "placed", "succeeded"], await desk.HistoryAsync((string)payment["id"]!));
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_second_request_for_the_invoice_gets_the_same_payment_until_it_is_paid()
    {
        var invoice = Guid.CreateVersion7();
        var first = await desk.ChargeAsync(invoice);
        var second = await desk.ChargeAsync(invoice);
        await desk.ControlAsync($"transactions/{first["orderId"]}/settle");

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal("INVOICE_ALREADY_PAID", await RefusalAsync(HttpStatusCode.Conflict, PaymentsDesk.Request(invoice)));
    }

    [Fact]
    public async Task Ten_requests_at_once_make_one_payment_and_one_charge()
    {
        var invoice = Guid.CreateVersion7();
        var payments = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => desk.ChargeAsync(invoice)));

        Assert.Single(payments.Select(payment => (string?)payment["id"]).Distinct());
        Assert.Single(payments.Select(payment => (string?)payment["instructions"]!["vaNumber"]).Distinct());
    }

    [Fact]
    public async Task A_lost_answer_is_accepted_and_found_by_the_next_request()
    {
        var invoice = Guid.CreateVersion7();
        await desk.ControlAsync("next-charge", new { mode = "timeoutAfterSuccess" });
        using var lost = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(invoice));
        var pending = JsonNode.Parse(await lost.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.Accepted, lost.StatusCode);
        Assert.Null(pending["instructions"]);
        var found = await desk.ChargeAsync(invoice);
        Assert.Equal((string?)pending["orderId"], (string?)found["orderId"]);
        Assert.NotNull((string?)found["instructions"]!["vaNumber"]);
    }

    [Fact]
    public async Task A_charge_that_never_arrived_is_made_under_the_same_order()
    {
        var invoice = Guid.CreateVersion7();
        await desk.ControlAsync("next-charge", new { mode = "http503" });
        using var failed = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(invoice));
        var pending = JsonNode.Parse(await failed.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.Accepted, failed.StatusCode);
        Assert.Equal((string?)pending["orderId"], (string?)(await desk.ChargeAsync(invoice))["orderId"]);
    }

    [Fact]
    public async Task A_declined_charge_fails_and_the_invoice_can_be_tried_again()
    {
        var invoice = Guid.CreateVersion7();
        await desk.ControlAsync("next-charge", new { mode = "declined" });

        Assert.Equal("PAYMENT_DECLINED", await RefusalAsync(HttpStatusCode.UnprocessableEntity, PaymentsDesk.Request(invoice)));
        var failed = await desk.QueryAsync<Guid>(
            "select id from payment_management.payment_transactions where invoice_id = @invoice and status = 'failed'", new { invoice });
        Assert.Equal(["PaymentFailed"], await desk.FactsAsync(Assert.Single(failed).ToString()));
        Assert.Equal("pending", (string?)(await desk.ChargeAsync(invoice))["status"]);
    }

    [Fact]
    public async Task When_Midtrans_takes_no_more_requests_the_caller_is_told_when_to_come_back()
    {
        var invoice = Guid.CreateVersion7();
        await desk.ControlAsync("next-charge", new { mode = "http429", retryAfter = 7 });
        using var answer = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(invoice));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
        // Until then nothing is asked for: an order that Midtrans has not seen is not charged either.
        using var early = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal("pending", (string?)(await desk.ChargeAsync(invoice))["status"]);
    }

    [Fact]
    public async Task Without_a_word_how_long_the_wait_after_too_many_requests_is_a_few_seconds()
    {
        var invoice = Guid.CreateVersion7();
        await desk.ControlAsync("next-charge", new { mode = "http429" });
        using var answer = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(invoice));

        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("pending", (string?)(await desk.ChargeAsync(invoice))["status"]);
    }

    [Fact]
    public async Task What_cannot_be_charged_is_refused_before_anything_is_written()
    {
        var invoice = Guid.CreateVersion7();

        Assert.Equal(
            "METHOD_NOT_AVAILABLE", await RefusalAsync(HttpStatusCode.UnprocessableEntity, PaymentsDesk.Request(invoice, method: "cash")));
        Assert.Equal("BANK_NOT_AVAILABLE", await RefusalAsync(HttpStatusCode.BadRequest, PaymentsDesk.Request(invoice, bank: "other")));
        Assert.Empty(await desk.QueryAsync<Guid>(
            "select id from payment_management.payment_transactions where invoice_id = @invoice", new { invoice }));
    }

    [Fact]
    public async Task The_webhook_before_the_charges_answer_is_not_undone_by_it()
    {
        await desk.ControlAsync("next-charge", new { mode = "notifyBeforeAnswer" });
        var payment = await desk.ChargeAsync();

        Assert.Equal("success", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
        Assert.NotNull((string?)payment["instructions"]!["vaNumber"]);
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    private async Task<string?> RefusalAsync(HttpStatusCode status, object request)
    {
        using var answer = await desk.Payments.PostAsJsonAsync("v1/payments", request);
        Assert.Equal(status, answer.StatusCode);
        return (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"];
    }
}
