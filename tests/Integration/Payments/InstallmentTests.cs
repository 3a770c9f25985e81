using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class InstallmentTests(PaymentsDesk desk)
{
    private readonly Guid invoice = Guid.CreateVersion7();

    [Fact]
    public async Task An_invoice_is_paid_in_two_parts_and_neither_is_a_surplus()
    {
        var first = await PayAsync(1, 200_000);
        var second = await PayAsync(2, 331_690);

        Assert.False((bool)(await desk.ReadAsync(first))["isSurplus"]!);
        Assert.False((bool)(await desk.ReadAsync(second))["isSurplus"]!);
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync(second));
    }

    [Fact]
    public async Task A_part_that_is_paid_is_not_charged_again()
    {
        await PayAsync(1, 200_000);
        var (status, refused) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", Part(1, 331_690));

        Assert.Equal((HttpStatusCode.Conflict, "INVOICE_ALREADY_PAID"), (status, (string?)refused!["code"]));
    }

    [Fact]
    public async Task A_part_that_is_paid_twice_late_does_not_withdraw_the_next_part()
    {
        var late = await desk.ChargeAsync(Part(1, 200_000));
        await desk.ControlAsync($"transactions/{late["orderId"]}/expire");
        await PayAsync(1, 200_000);
        var next = await desk.ChargeAsync(Part(2, 331_690));
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{late["orderId"]}"))!["wire"]!.DeepClone();
        there["transaction_status"] = "settlement";
        there["settlement_time"] = (string?)there["transaction_time"];
        await desk.ControlAsync($"inject?notify=true&serverKey={PaymentsDesk.ServerKey}", there);

        Assert.True((bool)(await desk.ReadAsync((string)late["id"]!))["isSurplus"]!);
        Assert.Equal(["opened", "placed"], await desk.HistoryAsync((string)next["id"]!));
        Assert.Equal([0L], await desk.QueryAsync<long>(
            "select count(*) from payment_management.payment_transactions where id = @id and cancel_requested_at is not null",
            new { id = Guid.Parse((string)next["id"]!) }));
    }

    [Fact]
    public async Task The_default_card_is_charged_when_the_saved_method_is_asked_for()
    {
        var user = Guid.CreateVersion7();
        var (early, none) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.By("saved", user));
        var kept = await desk.ChargeAsync(
            PaymentsDesk.By("credit_card", user, cardToken: await desk.CardTokenAsync(), more: new { saveMethod = true }));
        await desk.ControlAsync($"transactions/{kept["orderId"]}/authenticate");
        await desk.WaitForStatusAsync((string)kept["id"]!, "success");
        var paid = await desk.ChargeAsync(PaymentsDesk.By("saved", user));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "NO_SAVED_METHOD"), (early, (string?)none!["code"]));
        Assert.Equal(("success", "credit_card"), ((string?)paid["status"], (string?)paid["method"]));
    }

    [Fact]
    public async Task Dollars_go_back_by_the_ratio_at_which_they_were_charged()
    {
        var request = JsonSerializer.SerializeToNode(PaymentsDesk.By("gopay"))!.AsObject();
        request["amount"] = JsonSerializer.SerializeToNode(new { amount = 29.99m, currency = "USD" });
        var payment = await desk.ChargeAsync(request);
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        var part = await RefundAsync(payment, 10.00m);
        var same = await RefundAsync(payment, 10.00m);
        var rest = await RefundAsync(payment, 19.99m);
        var after = await desk.ReadAsync((string)payment["id"]!);

        Assert.Equal((string?)part["id"], (string?)same["id"]);
        Assert.Equal(166_500m, (decimal)part["amount"]!["amount"]!);
        Assert.Equal((decimal)payment["charged"]!["amount"]!, 166_500m + (decimal)rest["amount"]!["amount"]!);
        Assert.Equal((decimal)payment["charged"]!["amount"]!, (decimal)after["refunded"]!["amount"]!);
    }

    private async Task<JsonNode> RefundAsync(JsonNode payment, decimal dollars)
    {
        var (status, body) = await PaymentsDesk.PostAsync(
            desk.Payments, $"v1/payments/{payment["id"]}/refunds",
            new { amount = new { amount = dollars, currency = "USD" }, reason = "part", refundKey = $"key-{dollars:0}" });
        Assert.True(status == HttpStatusCode.Created, $"{status}: {body}");
        return body!;
    }

    private async Task<string> PayAsync(int installment, decimal amount)
    {
        var payment = await desk.ChargeAsync(Part(installment, amount));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        return (string)payment["id"]!;
    }

    private JsonObject Part(int installment, decimal amount)
    {
        var request = JsonSerializer.SerializeToNode(PaymentsDesk.Request(invoice, amount: amount))!.AsObject();
        request["installment"] = installment;
        return request;
    }
}
