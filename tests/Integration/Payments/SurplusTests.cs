using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class SurplusTests(PaymentsDesk desk)
{
    [Fact]
    public async Task A_virtual_account_that_is_paid_after_its_end_is_paid_all_the_same()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/expire");
        Assert.Equal("cancelled", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);

        await PayLateAsync(payment);

        Assert.Equal("success", (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]);
        Assert.Equal(["PaymentFailed", "PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_second_settlement_of_an_invoice_is_kept_as_a_surplus_and_told_to_nobody_as_a_payment()
    {
        var (late, paid) = await PaidTwiceAsync();

        var surplus = await desk.ReadAsync((string)late["id"]!);
        Assert.Equal(("success", true, 531690m), (
            (string?)surplus["status"], (bool)surplus["isSurplus"]!, (decimal)surplus["refundable"]!["amount"]!));
        Assert.False((bool)(await desk.ReadAsync((string)paid["id"]!))["isSurplus"]!);
        await UntilAdministratorsAreToldAsync(late);
        Assert.Equal(["PaymentFailed"], await OfPaymentsAsync(late));
        var listed = await ListedAsync();
        Assert.Contains((string)late["id"]!, listed);
        Assert.DoesNotContain((string)paid["id"]!, listed);
    }

    [Fact]
    public async Task A_surplus_goes_back_and_the_invoice_stays_paid()
    {
        var (late, paid) = await PaidTwiceAsync();
        await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{late["id"]}/refunds", new { reason = "paid twice" });

        Assert.Equal(531690m, (decimal)(await desk.ReadAsync((string)late["id"]!))["refunded"]!["amount"]!);
        Assert.Equal(0m, (decimal)(await desk.ReadAsync((string)paid["id"]!))["refunded"]!["amount"]!);
    }

    [Fact]
    public async Task When_the_payment_is_taken_back_its_surplus_pays_the_invoice()
    {
        var (late, paid) = await PaidTwiceAsync();
        await desk.ControlAsync($"transactions/{paid["orderId"]}/reverse");

        Assert.False((bool)(await desk.ReadAsync((string)late["id"]!))["isSurplus"]!);
        await UntilAdministratorsAreToldAsync(late);
        Assert.Equal(["PaymentFailed", "PaymentSucceeded"], await OfPaymentsAsync(late));
    }

    [Fact]
    public async Task Whoever_paid_late_is_not_asked_again()
    {
        var invoice = Guid.CreateVersion7();
        var first = await desk.ChargeAsync(PaymentsDesk.By("gopay", invoice: invoice));
        await desk.ControlAsync($"transactions/{first["orderId"]}/expire");
        var second = await desk.ChargeAsync(PaymentsDesk.By("gopay", invoice: invoice));
        await PayLateAsync(first);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(1));

        await desk.WaitForStatusAsync((string)second["id"]!, "cancelled");
        Assert.Equal("success", (string?)(await desk.ReadAsync((string)first["id"]!))["status"]);
    }

    [Fact]
    public async Task A_surplus_from_a_bank_is_marked_as_handled_once_with_who_and_why()
    {
        var (late, paid) = await PaidTwiceAsync("bank_transfer");
        using var clerk = await desk.SignInAsync(Guid.CreateVersion7(), PaymentsDesk.Tenant, "payments:refund");
        var (no, none) = await HandleAsync(clerk, paid);
        var (status, handled) = await HandleAsync(clerk, late);
        var (twice, again) = await HandleAsync(clerk, late);

        Assert.Equal((HttpStatusCode.Conflict, "NO_SURPLUS"), (no, (string?)none!["code"]));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotNull((string?)handled!["surplusHandledAt"]);
        Assert.Equal((HttpStatusCode.Conflict, "SURPLUS_HANDLED"), (twice, (string?)again!["code"]));
        Assert.Equal([("transfer 4711", true)], await desk.QueryAsync<(string, bool)>(
            "select detail, actor like 'user %' from payment_management.payment_events where payment_id = @id and event_type = 'surplus_handled'",
            new { id = Guid.Parse((string)late["id"]!) }));
        Assert.DoesNotContain((string)late["id"]!, await ListedAsync());
    }

    [Fact]
    public async Task What_was_given_back_by_hand_is_not_sent_back_by_the_provider_as_well_nor_the_reverse()
    {
        var (late, _) = await PaidTwiceAsync();
        await HandleAsync(desk.Payments, late);
        var (status, refused) = await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{late["id"]}/refunds", new { reason = "paid twice" });
        var (other, _) = await PaidTwiceAsync();
        await PaymentsDesk.PostAsync(desk.Payments, $"v1/payments/{other["id"]}/refunds", new { reason = "paid twice" });
        var (gone, back) = await HandleAsync(desk.Payments, other);

        Assert.Equal((HttpStatusCode.Conflict, "SURPLUS_HANDLED"), (status, (string?)refused!["code"]));
        Assert.Equal((HttpStatusCode.Conflict, "SURPLUS_REFUNDED"), (gone, (string?)back!["code"]));
    }

    // Where Users runs already it takes the fact and asks for the mail, which names the payment too.
    private static bool IsForAdministrators(string fact) => fact is "PaymentSurplusArrived" or "AccountMailRequested";

    private Task UntilAdministratorsAreToldAsync(JsonNode late) => PaymentsDesk.WaitForAsync(
        async () => (await desk.FactsAsync((string)late["id"]!)).Any(IsForAdministrators), "No administrator is told of the surplus.");

    private async Task<IEnumerable<string>> OfPaymentsAsync(JsonNode payment) =>
        (await desk.FactsAsync((string)payment["id"]!)).Where(fact => !IsForAdministrators(fact));

    private static Task<(HttpStatusCode Status, JsonNode? Body)> HandleAsync(HttpClient client, JsonNode payment) =>
        PaymentsDesk.PostAsync(client, $"v1/payments/{payment["id"]}/surplus-handled", new { reason = "transfer 4711" });

    private async Task<string[]> ListedAsync() =>
        [.. JsonNode.Parse(await desk.Payments.GetStringAsync("v1/payments?surplus=true&limit=100"))!["items"]!.AsArray().Select(item => (string)item!["id"]!)];

    // The payer lets the time pass, begins anew, pays, and then the first one is paid as well.
    private async Task<(JsonNode Late, JsonNode Paid)> PaidTwiceAsync(string method = "gopay")
    {
        var invoice = Guid.CreateVersion7();
        var request = method == "gopay" ? PaymentsDesk.By(method, invoice: invoice) : PaymentsDesk.Request(invoice);
        var late = await desk.ChargeAsync(request);
        await desk.ControlAsync($"transactions/{late["orderId"]}/expire");
        var paid = await desk.ChargeAsync(request);
        await desk.ControlAsync($"transactions/{paid["orderId"]}/settle");
        await PayLateAsync(late);
        return (late, paid);
    }

    private async Task PayLateAsync(JsonNode payment)
    {
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{payment["orderId"]}"))!["wire"]!.DeepClone();
        there["transaction_status"] = "settlement";
        there["settlement_time"] = (string?)there["transaction_time"];
        await desk.ControlAsync($"inject?notify=true&serverKey={PaymentsDesk.ServerKey}", there);
    }
}
