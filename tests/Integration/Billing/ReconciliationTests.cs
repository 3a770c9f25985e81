using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CollectionCollection>]
public sealed class ReconciliationTests(CollectionDesk desk)
{
    [Fact]
    public async Task After_all_that_can_happen_the_books_agree()
    {
        var payer = await desk.WelcomeAsync();
        await LiveAsync(payer);
        // A draft is in nobody's books.
        await Payer.PostAsync(
            payer.Administrator, "v1/invoices",
            new { userId = payer.User, currency = "IDR", lines = new[] { new { description = "draft", unitPrice = 7_000 } } });
        var report = await ReadAsync(payer);

        Assert.Equal("[]", report["differences"]!.ToJsonString());
        var sums = Assert.Single(report["sums"]!.AsArray())!;
        Assert.Equal((532_800m, 52_800m), (Payer.Amount(sums, "invoiced"), Payer.Amount(sums, "tax")));
        Assert.Equal((432_900m, 99_900m), (Payer.Amount(sums, "received"), Payer.Amount(sums, "refunded")));
        Assert.Equal(111_000, Payer.Amount(sums, "credited"));
        Assert.Equal((105_000m, 105_000m), (Payer.Amount(sums, "creditChange"), await payer.CreditAsync()));
    }

    [Fact]
    public async Task What_somebody_changed_behind_our_back_is_found()
    {
        var payer = await desk.WelcomeAsync();
        await LiveAsync(payer);
        await desk.ExecuteAsync(
            """
            update billing_management.credit_entries set amount = amount + 1 where (tenant_id, id) = (
                select tenant_id, id from billing_management.credit_entries
                where tenant_id = @Tenant and payment_id is null and invoice_id is null limit 1);
            update billing_management.invoices set amount_credited = amount_credited - 1 where (tenant_id, id) = (
                select tenant_id, id from billing_management.invoices
                where tenant_id = @Tenant and status = 'paid' and amount_credited > 0 limit 1);
            delete from billing_management.payments_received where (tenant_id, payment_id) = (
                select tenant_id, payment_id from billing_management.payments_received
                where tenant_id = @Tenant and applied = 40000 limit 1);
            """,
            new { payer.Tenant });
        await payer.PayAsync(await payer.OweAsync(100_000), 111_000);
        var kinds = (await ReadAsync(payer))["differences"]!.AsArray().Select(one => (string)one!["kind"]!).Order();

        Assert.Equal(
            [
                "credit_balance", "credited_of_invoice", "due_of_paid_invoice", "paid_of_invoice", "payment_unknown_here",
                "payment_unknown_to_payments",
            ],
            kinds);
    }

    [Fact]
    public async Task More_payments_than_a_page_holds_are_compared_page_by_page()
    {
        var payer = await desk.WelcomeAsync();
        // 1,100 that both have, by the dozen at the same moment, and in the middle one that only we have.
        await desk.ExecuteAsync(
            """
            create temp table settled as
            select gen_random_uuid() as id, gen_random_uuid() as invoice, @month + (n / 12) * interval '1 minute' as at, n from generate_series(1, 1100) as n;
            insert into payment_management.payment_transactions (
                tenant_id, id, user_id, invoice_id, order_id, attempt, installment, amount, currency, invoice_amount, invoice_currency, payment_method,
                description, status, settled_at, next_lookup_at, created_at, updated_at)
            select @Tenant, id, @User, invoice, 'R-' || id, 1, 1, 100, 'IDR', 100, 'IDR', 'gopay', 'r', 'success', at, at, at, at from settled where n <> 600;
            insert into billing_management.payments_received (
                tenant_id, payment_id, invoice_id, user_id, currency, amount, credited, received_at, created_at, updated_at)
            select @Tenant, id, invoice, @User, 'IDR', 100, 100, at, at, at from settled;
            drop table settled;
            """,
            new { payer.Tenant, payer.User, month = new DateTimeOffset(2024, 2, 1, 0, 0, 0, TimeSpan.Zero) });
        var report = JsonNode.Parse(await payer.Administrator.GetStringAsync("v1/reports/reconciliation?month=2024-02"))!;

        Assert.Equal(
            ["payment_unknown_to_payments"], report["differences"]!.AsArray().Select(one => (string)one!["kind"]!));
    }

    [Fact]
    public async Task It_is_for_those_who_may_read_invoices_and_knows_months()
    {
        var payer = await desk.WelcomeAsync();

        Assert.Equal(HttpStatusCode.Forbidden, (await payer.Billing.GetAsync("v1/reports/reconciliation")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await payer.Administrator.GetAsync("v1/reports/reconciliation?month=2026-13")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await payer.Administrator.GetAsync("v1/reports/reconciliation?month=2020-01")).StatusCode);
    }

    // Parts, too much, a refund, money for what was cancelled, money that was taken back, credit by hand.
    private async Task LiveAsync(Payer payer)
    {
        // Not over the end of a month, or half of it would stand in another report.
        if (desk.Now.Day > 25)
            desk.Apps.Clock.Advance(TimeSpan.FromDays(8));
        var parts = await payer.OweAsync(100_000);
        await SettleAsync(await ChargeAsync(payer, parts, 40_000), payer, parts, "pending");
        await SettleAsync(await ChargeAsync(payer, parts, 71_000), payer, parts, "paid");

        var overpaid = await payer.OweAsync(100_000);
        var charge = await ChargeAsync(payer, overpaid, 111_000);
        // Paid before the note withdraws it, and heard of after that.
        await desk.ControlAsync($"transactions/{charge["orderId"]}/settle", new { notify = false });
        await payer.CreditAsync(overpaid, lines: ((await payer.LinesAsync(overpaid))[0], 10_000));
        await UntilAsync(payer, overpaid, "paid");

        // The credit of 10,000 that this left goes into the next two: the first gives it back.
        var refunded = await payer.OweAsync(100_000);
        await SettleAsync(await ChargeAsync(payer, refunded, 99_900), payer, refunded, "paid");
        await payer.CreditAsync(refunded, "refund");
        await desk.RunTimerAsync("SendRefunds");
        await CollectionDesk.WaitForAsync(
            async () => (await payer.HistoryAsync(refunded)).Contains("payment_refunded"), "The refund was not heard of.");

        var reversed = await payer.OweAsync(100_000);
        charge = await ChargeAsync(payer, reversed, 99_900);
        await SettleAsync(charge, payer, reversed, "paid");
        await desk.ControlAsync($"transactions/{charge["orderId"]}/reverse");
        await CollectionDesk.WaitForAsync(
            async () => (await payer.HistoryAsync(reversed)).Contains("invoice_reopened"), "It was not opened again.");

        var cancelled = await payer.OweAsync(100_000);
        charge = await ChargeAsync(payer, cancelled, 111_000);
        await desk.ControlAsync($"transactions/{charge["orderId"]}/expire");
        await Payer.PostAsync(payer.Administrator, $"v1/invoices/{cancelled}/cancel", new { reason = "mistake" });
        await PayLateAsync(charge);
        await CollectionDesk.WaitForAsync(async () => (await payer.HistoryAsync(cancelled)).Contains("payment_unmatched"), "Nothing came late.");

        await Payer.PostAsync(payer.Administrator, "v1/credit-adjustments", new { userId = payer.User, amount = Payer.Idr(5_000), reason = "gift" });
        // What is settled this very minute may still be on its way.
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(2));
        await desk.UntilHeardAsync();
    }

    private async Task<JsonNode> ReadAsync(Payer payer) =>
        JsonNode.Parse(await payer.Administrator.GetStringAsync($"v1/reports/reconciliation?month={desk.Now:yyyy-MM}"))!;

    private static async Task<JsonNode> ChargeAsync(Payer payer, Guid invoice, decimal amount)
    {
        var (status, charge) = await Payer.PostAsync(
            payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "gopay", amount = Payer.Idr(amount) });
        Assert.True(status == HttpStatusCode.OK, $"{status}: {charge}");
        return charge!;
    }

    private async Task SettleAsync(JsonNode charge, Payer payer, Guid invoice, string status)
    {
        await desk.ControlAsync($"transactions/{charge["orderId"]}/settle");
        await UntilAsync(payer, invoice, status);
    }

    private static async Task UntilAsync(Payer payer, Guid invoice, string status)
    {
        var types = status == "paid" ? "invoice_paid" : "payment_applied";
        await CollectionDesk.WaitForAsync(async () => (await payer.HistoryAsync(invoice)).Contains(types), $"Invoice {invoice} did not become {status}.");
    }

    private async Task PayLateAsync(JsonNode charge)
    {
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{charge["orderId"]}"))!["wire"]!.DeepClone();
        there["transaction_status"] = "settlement";
        there["settlement_time"] = (string?)there["transaction_time"];
        await desk.ControlAsync($"inject?notify=true&serverKey={LocalSettings.Shared(desk.Apps.Endpoints)["MIDTRANS_SERVER_KEY"]}", there);
    }
}
