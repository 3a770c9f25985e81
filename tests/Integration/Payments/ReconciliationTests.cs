using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

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

    [Fact]
    public async Task An_invoice_that_is_settled_otherwise_withdraws_its_charge_and_not_one_that_was_opened_later()
    {
        var (settled, openedAgain) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var paidAt = desk.Apps.Clock.Now;
        var later = await desk.ChargeAsync(openedAgain);
        var unneeded = await desk.ChargeAsync(settled);
        await PayInvoiceAsync(openedAgain, paidAt, notedAt: paidAt);
        await PayInvoiceAsync(settled, paidAt, notedAt: desk.Apps.Clock.Now);

        await desk.WaitForStatusAsync((string)unneeded["id"]!, "cancelled");
        await PaymentsDesk.WaitForAsync(async () => await HeardAsync(nameof(InvoicePaid)) == 2, "The news was not heard.");
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{unneeded["orderId"]}"))!;
        Assert.Equal("cancel", (string?)there["status"]);
        Assert.Equal([0L], await desk.QueryAsync<long>(
            "select count(*) from payment_management.payment_transactions where id = @id and cancel_requested_at is not null",
            new { id = Guid.Parse((string)later["id"]!) }));
    }

    [Fact]
    public async Task A_hosted_page_that_nobody_used_ends_fifteen_minutes_after_its_time_and_is_told()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("dana", more: new { expiresInMinutes = 15 }));
        var id = (string)payment["id"]!;
        desk.Apps.Clock.Advance(DateTimeOffset.Parse((string)payment["expiresAt"]!).AddMinutes(16) - desk.Apps.Clock.Now);

        await desk.WaitForStatusAsync(id, "cancelled");
        Assert.Equal(("expired", "expire"), ((string?)(await desk.ReadAsync(id))["reason"], (string?)(await desk.ReadAsync(id))["step"]));
        Assert.Equal(["PaymentFailed"], await desk.FactsAsync(id));
    }

    [Fact]
    public async Task A_payment_whose_expiry_was_not_told_is_looked_up_fifteen_minutes_after_it()
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("indomaret", more: new { expiresInMinutes = 600 }));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/next-notification", new { drop = true });
        var (id, end) = ((string)payment["id"]!, DateTimeOffset.Parse((string)payment["expiresAt"]!).AddMinutes(15));
        // As if it had been looked up an hour ago and were not due again before that hour is over.
        await desk.QueryAsync<int>(
            "update payment_management.payment_transactions set lookups = 9, next_lookup_at = @at where id = @id",
            new { id = Guid.Parse(id), at = end.AddMinutes(-20).UtcDateTime });
        desk.Apps.Clock.Advance(end.AddMinutes(-19) - desk.Apps.Clock.Now);
        await PaymentsDesk.WaitForAsync(
            async () => Math.Abs((await NextLookupAsync(id) - end).TotalSeconds) < 1, "The look-up after the expiry was not planned.");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(21));

        await desk.WaitForStatusAsync(id, "cancelled");
        Assert.Equal(["PaymentFailed"], await desk.FactsAsync(id));
    }

    private async Task<DateTimeOffset> NextLookupAsync(string id) => Assert.Single(await desk.QueryAsync<DateTime>(
        "select next_lookup_at from payment_management.payment_transactions where id = @id", new { id = Guid.Parse(id) }));

    private async Task<long> HeardAsync(string subject) => Assert.Single(await desk.QueryAsync<long>(
        "select count(*) from payment_management.inbox where subject = @subject", new { subject }));

    private Task PayInvoiceAsync(Guid invoice, DateTimeOffset paidAt, DateTimeOffset notedAt) => desk.PublishAsync(
        new InvoicePaid(invoice, "INV-2026-11-0001", Guid.CreateVersion7(), null, Guid.Empty, new Money(531_690, Currency.Idr), paidAt), notedAt);

    private Task CancelInvoiceAsync(Guid invoice) =>
        desk.PublishAsync(new InvoiceCancelled(invoice, "INV-2026-11-0001", Guid.CreateVersion7(), null, "test"));
}
