using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Payments.Midtrans;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class WebhookTests(PaymentsDesk desk)
{
    [Fact]
    public async Task Fifty_identical_notices_at_once_settle_once()
    {
        var payment = await SettledUnseenAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { copies = 50, parallel = true });

        Assert.Equal(Enumerable.Repeat<int?>(200, 50), await desk.AnswersAsync((string)payment["orderId"]!, "settlement"));
        Assert.Equal(["opened", "placed", "succeeded"], await desk.HistoryAsync((string)payment["id"]!));
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task Three_deliveries_settle_once()
    {
        var payment = await SettledUnseenAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { copies = 3 });

        Assert.Equal(["opened", "placed", "succeeded"], await desk.HistoryAsync((string)payment["id"]!));
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
        Assert.Equal([3], await desk.QueryAsync<int>(
            "select times_received from payment_management.midtrans_notices where order_id = @order and transaction_status = 'settlement'",
            new { order = (string?)payment["orderId"] }));
    }

    [Fact]
    public async Task A_forged_signature_is_refused_and_changes_nothing()
    {
        var payment = await SettledUnseenAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { wrongSignature = true });

        Assert.Contains(400, await desk.AnswersAsync((string)payment["orderId"]!, "settlement"));
        await StillPendingAsync(payment);
    }

    [Fact]
    public async Task A_status_swapped_under_a_valid_signature_changes_nothing_and_is_asked_about_again()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { statusOverride = "settlement" });

        Assert.Equal([200], await desk.AnswersAsync((string)payment["orderId"]!, "settlement"));
        await StillPendingAsync(payment);
        Assert.Null(await OutcomeAsync(payment));
    }

    [Fact]
    public async Task Another_amount_under_a_valid_signature_is_recorded_and_not_applied()
    {
        var payment = await SettledUnseenAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { wrongAmount = true });

        await StillPendingAsync(payment);
        Assert.Equal("wrongmoney", await OutcomeAsync(payment));
    }

    [Fact]
    public async Task An_expiry_after_the_settlement_is_stale()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/notify", new { statusOverride = "expire" });

        Assert.Equal([200], await desk.AnswersAsync((string)payment["orderId"]!, "expire"));
        Assert.Equal("success", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
    }

    [Fact]
    public async Task A_reversal_takes_the_success_back()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/reverse");

        Assert.Equal("failed", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
        Assert.Equal(["PaymentSucceeded", "PaymentReversed"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task Each_refund_is_told_once_although_it_is_announced_twice()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/refund", new { amount = 100000, refundKey = "first" });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/refund", new { refundKey = "rest" });

        var after = await desk.ReadAsync((string)payment["id"]!);
        Assert.Equal(("success", 531690m), ((string?)after["status"], (decimal)after["refunded"]!["amount"]!));
        Assert.Equal(["PaymentSucceeded", "PaymentRefunded", "PaymentRefunded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task An_order_that_is_not_ours_or_not_that_tenants_is_not_found()
    {
        var payment = await desk.ChargeAsync();

        var notice = Signed((string)payment["orderId"]!);
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(Signed("SB-NOT-OURS"), PaymentsDesk.Webhook));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(notice, PaymentsDesk.WebhookOf("another")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(notice, PaymentsDesk.WebhookOf(PaymentsDesk.Tenant)));
    }

    [Fact]
    public async Task The_second_proof_may_stand_in_the_path_instead_of_the_query_and_in_no_log()
    {
        var payment = await desk.ChargeAsync();
        var notice = Signed((string)payment["orderId"]!);
        var own = PaymentsDesk.WebhookOf(PaymentsDesk.Tenant).Split("?token=");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(notice, "v1/webhooks/midtrans-token/local-midtrans-webhook-secret"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(notice, $"{own[0]}/{own[1]}"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(notice, "v1/webhooks/midtrans-token/wrong"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(notice, $"{own[0]}/wrong"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(notice, $"v1/webhooks/midtrans/another/{own[1]}"));
        var log = await desk.ReadLogAsync();
        Assert.DoesNotContain("local-midtrans-webhook-secret", log);
        Assert.DoesNotContain(own[1], log);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"order_id":"a"}""", 400)]
    public async Task What_is_not_a_notification_is_refused(string body, int status)
    {
        using var answer = await desk.NotifyAsync(body);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_body_over_64_KB_is_not_read()
    {
        using var answer = await desk.NotifyAsync($$"""{"order_id":"{{new string('a', 70_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private async Task<HttpStatusCode> PostAsync(string body, string path)
    {
        using var answer = await desk.NotifyAsync(body, path);
        return answer.StatusCode;
    }

    private static string Signed(string order) => new JsonObject
    {
        ["order_id"] = order,
        ["status_code"] = "201",
        ["gross_amount"] = "531690.00",
        ["transaction_status"] = "pending",
        ["signature_key"] = MidtransSignature.Of(order, "201", "531690.00", PaymentsDesk.ServerKey),
    }.ToJsonString();

    // Settled at the provider, while its notification is lost.
    private async Task<JsonNode> SettledUnseenAsync()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle", new { notify = false });
        return payment;
    }

    private async Task StillPendingAsync(JsonNode payment)
    {
        Assert.Equal("pending", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
        Assert.Empty(await desk.FactsAsync((string)payment["id"]!));
    }

    private async Task<string?> OutcomeAsync(JsonNode payment) => Assert.Single(await desk.QueryAsync<string?>(
        "select outcome from payment_management.midtrans_notices where order_id = @order and transaction_status = 'settlement'",
        new { order = (string?)payment["orderId"] }));
}
