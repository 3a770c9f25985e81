using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class RefundTests(PaymentsDesk desk)
{
    private const decimal Paid = 531690;

    [Theory]
    [InlineData("gopay")]
    [InlineData("shopeepay")]
    [InlineData("credit_card")]
    [InlineData("dana")]
    public async Task A_part_and_then_the_rest_go_back(string method)
    {
        var payment = await PaidAsync(method);
        var (first, part) = await RefundAsync(payment, new { amount = Idr(100000), reason = "too much" });
        var (second, rest) = await RefundAsync(payment, new { reason = "all of it" });

        Assert.Equal((HttpStatusCode.Created, "success", 100000m), (first, (string?)part!["status"], (decimal)part["amount"]!["amount"]!));
        Assert.Equal((HttpStatusCode.Created, Paid - 100000), (second, (decimal)rest!["amount"]!["amount"]!));
        var after = await desk.ReadAsync((string)payment["id"]!);
        Assert.Equal(("success", Paid, 0m), (
            (string?)after["status"], (decimal)after["refunded"]!["amount"]!, (decimal)after["refundable"]!["amount"]!));
        Assert.Equal(["PaymentSucceeded", "PaymentRefunded", "PaymentRefunded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task Ten_refunds_at_once_never_send_back_more_than_was_paid()
    {
        var payment = await PaidAsync("gopay");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RefundAsync(payment, new { amount = Idr(100000), reason = "race" })));

        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer =>
            Assert.Equal("REFUND_EXCEEDS_PAYMENT", (string?)answer.Body!["code"]));
        Assert.Equal(500000, (decimal)(await desk.ReadAsync((string)payment["id"]!))["refunded"]!["amount"]!);
        Assert.Equal(500000, await SentBackAsync(payment));
    }

    [Fact]
    public async Task The_same_key_is_the_same_refund_also_at_once()
    {
        var payment = await PaidAsync("gopay");
        var request = new { amount = Idr(100000), reason = "once", refundKey = "once" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RefundAsync(payment, request)));
        var (again, same) = await RefundAsync(payment, request);
        var (other, refused) = await RefundAsync(payment, new { amount = Idr(1), reason = "once", refundKey = "once" });

        Assert.Single(answers.Append((again, same)).Select(answer => (string?)answer.Item2!["id"]).Distinct());
        Assert.Equal((HttpStatusCode.Conflict, "REFUND_KEY_REUSED"), (other, (string?)refused!["code"]));
        Assert.Equal(100000, await SentBackAsync(payment));
    }

    [Fact]
    public async Task A_request_repeated_under_its_Idempotency_Key_is_the_same_refund_though_its_answer_was_not_kept()
    {
        var payment = await PaidAsync("gopay");
        var key = $"key-{Guid.CreateVersion7()}";
        var (first, made) = await RefundUnderAsync(key, payment, new { amount = Idr(100000), reason = "once" });
        var (again, same) = await RefundUnderAsync(key, payment, new { reason = "once", amount = Idr(100000) });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first, again));
        Assert.Equal((string?)made!["id"], (string?)same!["id"]);
        Assert.Equal(100000, await SentBackAsync(payment));

        await RefundUnderAsync($"key-{Guid.CreateVersion7()}", payment, new { amount = Idr(100000), reason = "once" });
        Assert.Equal(200000, await SentBackAsync(payment));
    }

    [Fact]
    public async Task A_refund_whose_answer_was_lost_is_found_and_not_made_twice()
    {
        var payment = await PaidAsync("gopay");
        await desk.ControlAsync("next-refund", new { orderId = (string?)payment["orderId"], loseAnswer = true });
        var (status, pending) = await RefundAsync(payment, new { amount = Idr(100000), reason = "lost" });
        var meanwhile = await desk.ReadAsync((string)payment["id"]!);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));
        await PaymentsDesk.WaitForAsync(async () => await StatusAsync(payment) == "success", "The refund was not found.");

        Assert.Equal((HttpStatusCode.Accepted, "pending"), (status, (string?)pending!["status"]));
        Assert.Equal(Paid - 100000, (decimal)meanwhile["refundable"]!["amount"]!);
        Assert.Equal(100000, await SentBackAsync(payment));
        Assert.Equal(["PaymentSucceeded", "PaymentRefunded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_refund_that_the_bank_refuses_sets_the_money_free_again()
    {
        var payment = await PaidAsync("gopay");
        await desk.ControlAsync("next-refund", new { orderId = (string?)payment["orderId"] });
        var (status, refused) = await RefundAsync(payment, new { reason = "refused" });

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "REFUND_REFUSED"), (status, (string?)refused!["code"]));
        Assert.Equal(Paid, (decimal)(await desk.ReadAsync((string)payment["id"]!))["refundable"]!["amount"]!);
        Assert.Equal(HttpStatusCode.Created, (await RefundAsync(payment, new { reason = "again" })).Status);
    }

    [Fact]
    public async Task What_cannot_be_sent_back_is_refused_with_what_to_do_instead()
    {
        var transfer = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{transfer["orderId"]}/settle");
        await desk.WaitForStatusAsync((string)transfer["id"]!, "success");
        var pending = await desk.ChargeAsync(PaymentsDesk.By("gopay"));

        Assert.Equal("REFUND_NOT_SUPPORTED", await RefusalAsync(transfer, new { reason = "why not" }));
        Assert.Equal("PAYMENT_NOT_PAID", await RefusalAsync(pending, new { reason = "why not" }));
        var payment = await PaidAsync("gopay");
        Assert.Equal("REFUND_EXCEEDS_PAYMENT", await RefusalAsync(payment, new { amount = Idr(Paid + 1), reason = "more" }));
        Assert.Equal("INVALID_REFUND_AMOUNT", await RefusalAsync(payment, new { amount = Idr(0), reason = "none" }));
    }

    [Fact]
    public async Task A_card_payment_whose_settlement_was_not_told_is_looked_up_before_its_refund_is_refused()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("credit_card", cardToken: await desk.CardTokenAsync()));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        var early = await RefusalAsync(payment, new { reason = "not settled" });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle", new { notify = false });

        Assert.Equal("PAYMENT_NOT_SETTLED", early);
        Assert.Equal(HttpStatusCode.Created, (await RefundAsync(payment, new { reason = "settled" })).Status);
    }

    private async Task<JsonNode> PaidAsync(string method)
    {
        var payment = await desk.ChargeAsync(
            PaymentsDesk.By(method, cardToken: method == "credit_card" ? await desk.CardTokenAsync() : null));
        if (method == "dana")
            await desk.ControlAsync($"snap/{payment["orderId"]}/pick", new { method = "dana" });
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        return payment;
    }

    private Task<(HttpStatusCode Status, JsonNode? Body)> RefundAsync(JsonNode payment, object request) =>
        PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{payment["id"]}/refunds", request);

    private async Task<(HttpStatusCode Status, JsonNode? Body)> RefundUnderAsync(string key, JsonNode payment, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/payments/{payment["id"]}/refunds") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await desk.Payments.SendAsync(request);
        // A process that dies before it has kept its answer, or a caller who leaves meanwhile, leaves the key to whoever asks again.
        await desk.QueryAsync<int>("delete from payment_management.idempotency_keys where key = @key", new { key });
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<string?> RefusalAsync(JsonNode payment, object request) => (string?)(await RefundAsync(payment, request)).Body!["code"];

    private async Task<string?> StatusAsync(JsonNode payment) =>
        (string?)JsonNode.Parse(await desk.Payments.GetStringAsync($"v1/payments/{payment["id"]}/refunds"))!["items"]![0]!["status"];

    // By the provider's own books.
    private async Task<decimal> SentBackAsync(JsonNode payment) =>
        (decimal)JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{payment["orderId"]}"))!["refundedAmount"]!;

    private static object Idr(decimal amount) => new { amount, currency = "IDR" };
}
