using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class MethodTests(PaymentsDesk desk)
{
    [Theory]
    [InlineData("gopay", "qrUrl", "deeplinkUrl")]
    [InlineData("shopeepay", "deeplinkUrl", "deeplinkUrl")]
    [InlineData("indomaret", "paymentCode", "paymentCode")]
    [InlineData("alfamart", "paymentCode", "paymentCode")]
    public async Task Each_method_tells_its_payer_what_to_do_and_settles(string method, string first, string second)
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By(method));

        Assert.NotNull((string?)payment["instructions"]![first]);
        Assert.NotNull((string?)payment["instructions"]![second]);
        Assert.Equal("success", await AfterAsync(payment, "settle"));
    }

    [Fact]
    public async Task DANA_is_paid_on_a_hosted_page_and_known_by_its_own_id_from_then_on()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("dana"));

        Assert.Contains("/snap/", (string)payment["instructions"]!["redirectUrl"]!);
        await desk.ControlAsync($"snap/{payment["orderId"]}/pick", new { method = "dana" });
        Assert.Equal("success", await AfterAsync(payment, "settle"));
        var known = await desk.QueryAsync<string>(
            "select external_transaction_id from payment_management.payment_transactions where order_id = @order",
            new { order = (string?)payment["orderId"] });
        Assert.StartsWith("A1", Assert.Single(known));
    }

    [Fact]
    public async Task A_hosted_page_that_nobody_used_is_closed_by_a_cancellation()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("dana"));
        var (status, cancelled) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/cancel");

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (status, (string?)cancelled!["status"]));
    }

    [Fact]
    public async Task A_card_is_confirmed_by_its_owner_and_captured()
    {
        var payment = await CardAsync();

        Assert.Equal("pending", (string?)payment["status"]);
        Assert.NotNull((string?)payment["instructions"]!["redirectUrl"]);
        Assert.Equal("success", await AfterAsync(payment, "authenticate"));
        Assert.Equal("capture", (string?)(await desk.ReadAsync((string)payment["id"]!))["step"]);
    }

    [Fact]
    public async Task A_card_that_its_bank_refuses_fails() =>
        Assert.Equal("failed", await AfterAsync(await CardAsync("4911111111111113"), "authenticate"));

    [Theory]
    [InlineData("approve", "success")]
    [InlineData("deny", "failed")]
    public async Task A_card_in_fraud_review_waits_until_it_is_approved_or_denied(string decision, string end)
    {
        var payment = await CardAsync("4511111111111117");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        var held = await desk.ReadAsync((string)payment["id"]!);
        var (status, decided) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/{decision}");

        Assert.Equal(("pending", "challenge"), ((string?)held["status"], (string?)held["step"]));
        Assert.Equal((HttpStatusCode.OK, end), (status, (string?)decided!["status"]));
    }

    [Fact]
    public async Task Held_money_is_captured_once_and_only_when_it_is_held()
    {
        var payment = await CardAsync(more: new { authorizeOnly = true });
        var (early, refusal) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/capture");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        var held = await desk.ReadAsync((string)payment["id"]!);
        var (status, captured) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/capture");

        Assert.Equal((HttpStatusCode.Conflict, "CHANGE_NOT_POSSIBLE"), (early, (string?)refusal!["code"]));
        Assert.Equal(("pending", "authorize"), ((string?)held["status"], (string?)held["step"]));
        Assert.Equal((HttpStatusCode.OK, "success"), (status, (string?)captured!["status"]));
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task Held_money_that_is_let_go_is_no_payment()
    {
        var payment = await CardAsync(more: new { authorizeOnly = true });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        var (_, cancelled) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/cancel");

        Assert.Equal("cancelled", (string?)cancelled!["status"]);
        Assert.Empty(await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_card_payment_that_is_cancelled_before_it_settles_is_taken_back()
    {
        var payment = await CardAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        var (_, cancelled) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/cancel");

        Assert.Equal("cancelled", (string?)cancelled!["status"]);
        Assert.Equal(["PaymentSucceeded", "PaymentReversed"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_used_card_token_is_declined_and_the_next_attempt_has_another_order()
    {
        var (invoice, token) = (Guid.CreateVersion7(), await desk.CardTokenAsync());
        await desk.ChargeAsync(PaymentsDesk.By("credit_card", cardToken: token));
        var (status, declined) = await PaymentsDesk.PostAsync(
            desk.Payments, "v1/payments", PaymentsDesk.By("credit_card", invoice: invoice, cardToken: token));
        var second = await desk.ChargeAsync(PaymentsDesk.By("credit_card", invoice: invoice, cardToken: await desk.CardTokenAsync()));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "PAYMENT_DECLINED"), (status, (string?)declined!["code"]));
        Assert.Equal(2, (int)second["attempt"]!);
    }

    [Fact]
    public async Task The_payers_time_is_the_one_asked_for_on_a_host_of_any_zone()
    {
        var before = desk.Apps.Clock.Now;
        var payment = await desk.ChargeAsync(PaymentsDesk.By("indomaret", more: new { expiresInMinutes = 90 }));

        Assert.InRange(DateTimeOffset.Parse((string)payment["expiresAt"]!), before.AddMinutes(89), before.AddMinutes(92));
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{payment["orderId"]}"))!;
        Assert.Equal(DateTimeOffset.Parse((string)there["expiryTime"]!).ToUnixTimeSeconds(), DateTimeOffset.Parse((string)payment["expiresAt"]!).ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Lines_reach_the_provider_and_must_add_up()
    {
        var lines = new { items = new[] { new { name = "Pro, monthly", price = 479000, quantity = 1 }, new { name = "Tax", price = 52690, quantity = 1 } } };
        await desk.ChargeAsync(PaymentsDesk.By("alfamart", more: lines));
        var (status, refused) = await PaymentsDesk.PostAsync(
            desk.Payments, "v1/payments", PaymentsDesk.By("alfamart", more: new { items = new[] { lines.items[0] } }));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "ITEMS_DO_NOT_ADD_UP"), (status, (string?)refused!["code"]));
    }

    [Theory]
    [InlineData("gopay", "deeplinkUrl")]
    [InlineData("shopeepay", "deeplinkUrl")]
    public async Task What_a_lost_answer_told_a_wallets_payer_is_learnt_again_without_a_second_charge(string method, string link)
    {
        var request = PaymentsDesk.By(method, invoice: Guid.CreateVersion7());
        await desk.ControlAsync("next-charge", new { mode = "timeoutAfterSuccess" });
        var (status, pending) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", request);
        var found = await desk.ChargeAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal((string?)pending!["orderId"], (string?)found["orderId"]);
        Assert.NotNull((string?)found["instructions"]![link]);
    }

    [Fact]
    public async Task A_charge_that_ended_before_its_answer_was_heard_is_followed_by_another_one()
    {
        var request = PaymentsDesk.By("gopay", invoice: Guid.CreateVersion7());
        await desk.ControlAsync("next-charge", new { mode = "timeoutAfterSuccess" });
        var (_, lost) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", request);
        await desk.ControlAsync($"transactions/{lost!["orderId"]}/expire", new { notify = false });
        var next = await desk.ChargeAsync(request);

        Assert.Equal("cancelled", await StatusAsync(lost));
        Assert.Equal(("pending", 2), ((string?)next["status"], (int)next["attempt"]!));
        Assert.NotNull((string?)next["instructions"]!["deeplinkUrl"]);
    }

    [Fact]
    public async Task Another_way_to_pay_needs_the_first_to_be_withdrawn()
    {
        var invoice = Guid.CreateVersion7();
        var first = await desk.ChargeAsync(invoice);
        var (status, refused) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.By("gopay", invoice: invoice));
        await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{first["id"]}/cancel");
        var second = await desk.ChargeAsync(PaymentsDesk.By("gopay", invoice: invoice));

        Assert.Equal((HttpStatusCode.Conflict, "PAYMENT_PENDING"), (status, (string?)refused!["code"]));
        Assert.Equal(2, (int)second["attempt"]!);
    }

    [Fact]
    public async Task The_payers_time_can_be_ended()
    {
        var payment = await desk.ChargeAsync();
        var (_, expired) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/expire");

        Assert.Equal(("cancelled", "expired"), ((string?)expired!["status"], (string?)expired["reason"]));
        Assert.Equal(["PaymentFailed"], await desk.FactsAsync((string)payment["id"]!));
    }

    private async Task<JsonNode> CardAsync(string number = "4811111111111114", object? more = null) =>
        await desk.ChargeAsync(PaymentsDesk.By("credit_card", cardToken: await desk.CardTokenAsync(number), more: more));

    private async Task<string?> AfterAsync(JsonNode payment, string move)
    {
        await desk.ControlAsync($"transactions/{payment["orderId"]}/{move}");
        // In a burst its notification is stored and processed after it was answered.
        await PaymentsDesk.WaitForAsync(async () => await StatusAsync(payment) != "pending", "The payment did not end.");
        return await StatusAsync(payment);
    }

    private async Task<string?> StatusAsync(JsonNode payment) => (string?)(await desk.ReadAsync((string)payment["id"]!))["status"];
}
