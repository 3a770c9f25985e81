using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Payments;

public sealed class ReconciliationTests(PaymentsDesk desk) : IClassFixture<PaymentsDesk>
{
    [Fact]
    public async Task A_lost_webhook_loses_no_payment()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle", new { notify = false });
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_charge_whose_answer_was_lost_gets_its_instructions()
    {
        await desk.ControlAsync("next-charge", new { mode = "timeoutAfterSuccess" });
        using var lost = await desk.Payments.PostAsJsonAsync("v1/payments", PaymentsDesk.Request());
        var id = (string)JsonNode.Parse(await lost.Content.ReadAsStringAsync())!["id"]!;
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await PaymentsDesk.WaitForAsync(
            async () => (await desk.ReadAsync(id))["instructions"] is not null, "The lookup brought no instructions.");
    }

    [Fact]
    public async Task A_cancelled_invoice_withdraws_its_charge_at_the_provider()
    {
        var invoice = Guid.CreateVersion7();
        var payment = await desk.ChargeAsync(invoice);
        await CancelInvoiceAsync(invoice);

        await desk.WaitForStatusAsync((string)payment["id"]!, "cancelled");
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{payment["orderId"]}"))!;
        Assert.Equal("cancel", (string?)there["status"]);
        Assert.Empty(await desk.FactsAsync((string)payment["id"]!));
    }

    [Fact]
    public async Task A_cancelled_invoice_whose_payer_was_faster_is_paid()
    {
        var invoice = Guid.CreateVersion7();
        var payment = await desk.ChargeAsync(invoice);
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle", new { notify = false });
        await CancelInvoiceAsync(invoice);

        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
    }

    private Task CancelInvoiceAsync(Guid invoice) =>
        desk.PublishAsync(new InvoiceCancelled(invoice, "INV-2026-11-0001", Guid.CreateVersion7(), null, "test"));
}
