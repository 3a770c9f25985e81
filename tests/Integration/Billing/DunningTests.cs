using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CollectionCollection>]
public sealed class DunningTests(CollectionDesk desk)
{
    [Fact]
    public async Task From_the_due_date_to_the_write_off_each_day_has_its_step_however_often_it_runs()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var due = (DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoice}"))["dueAt"]!;
        var told = new List<string>();
        foreach (var day in new[] { 0, 1, 2, 3, 7, 8, 14, 15, 59, 60, 61 })
        {
            ToDay(due, day);
            await FiveTimesAsync(desk.Dunning.RunAsync);
            told.Add($"{day}: {await DescribeAsync(payer, invoice)}");
        }

        // Mondays between them bring reminders of their own, which do not move the invoice on.
        Assert.Equal(
            [
                "0: pending 0", "1: overdue 1", "2: overdue 1", "3: overdue 3", "7: overdue 7", "8: overdue 7", "14: overdue 14", "15: overdue 14",
                "59: overdue 14", "60: overdue 60 written off", "61: overdue 60 written off",
            ],
            told);
        var steps = (await payer.HistoryAsync(invoice)).Where(type => type == "invoice_overdue");
        Assert.Equal(5, steps.Count());
        Assert.Single(await payer.HistoryAsync(invoice), type => type == "invoice_written_off");
        var facts = (await payer.FactsAsync("InvoiceOverdue", invoice)).Select(fact => fact["data"]!).ToList();
        var first = facts.DistinctBy(fact => (int)fact["urgency"]!).Select(fact => $"{fact["daysOverdue"]} {fact["urgency"]} {fact["suspend"]}");
        Assert.Equal(["1 1 false", "3 2 false", "7 3 false", "14 4 true"], first);
        Assert.Equal(facts.Count, facts.Select(fact => (int)fact["daysOverdue"]!).Distinct().Count());
    }

    [Fact]
    public async Task A_late_run_takes_one_step_and_the_saved_method_is_charged_again()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        var due = (DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoice}"))["dueAt"]!;
        ToDay(due, 5);
        await desk.Dunning.RunAsync(CancellationToken.None);
        var step = await DescribeAsync(payer, invoice);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 111000 0 0", "It was not charged.");

        // The app's own timer may have charged it already.
        Assert.EndsWith(" 3", step, StringComparison.Ordinal);
        Assert.Equal([5], (await payer.FactsAsync("InvoiceOverdue", invoice)).Select(fact => (int)fact["data"]!["daysOverdue"]!));
        Assert.Single(await payer.FactsAsync("InvoicePaid", invoice));
    }

    [Fact]
    public async Task What_credit_pays_nobody_is_told_of_and_of_the_rest_as_much_is_due()
    {
        var payer = await desk.WelcomeAsync();
        var invoices = new[] { await payer.OweAsync(50_000), await payer.OweAsync(100_000) };
        await payer.GiveAsync(80_000);
        ToDay((DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoices[1]}"))["dueAt"]!, 1);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.Dunning.RunAsync(CancellationToken.None))));
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal(("paid 0 55500 0", "overdue 0 33300 77700"), (await payer.StateAsync(invoices[0]), await payer.StateAsync(invoices[1])));
        Assert.Empty(await payer.FactsAsync("InvoiceOverdue", invoices[0]));
        Assert.Equal(77_700, Payer.Amount(Assert.Single(await payer.FactsAsync("InvoiceOverdue", invoices[1]))["data"]!, "total"));
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task Each_tenant_has_a_policy_of_his_own()
    {
        var payer = await desk.WelcomeAsync();
        var policy = new { retryDays = new[] { 2 }, suspendAfterDays = 4, writeOffAfterDays = 10 };
        using var put = await payer.Administrator.PutAsJsonAsync("v1/dunning-policy", policy);
        using var refused = await payer.Administrator.PutAsJsonAsync("v1/dunning-policy", policy with { writeOffAfterDays = 4 });
        var read = JsonNode.Parse(await payer.Administrator.GetStringAsync("v1/dunning-policy"))!;
        var invoice = await payer.OweAsync(100_000);
        var due = (DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoice}"))["dueAt"]!;
        ToDay(due, 4);
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (put.StatusCode, refused.StatusCode));
        Assert.Equal("""{"retryDays":[2],"suspendAfterDays":4,"writeOffAfterDays":10}""", read.ToJsonString());
        Assert.True((bool)Assert.Single(await payer.FactsAsync("InvoiceOverdue", invoice))["data"]!["suspend"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await payer.Billing.GetAsync("v1/dunning-policy")).StatusCode);
    }

    [Fact]
    public async Task Unpaid_invoices_are_reminded_of_once_a_week_also_when_the_Monday_was_missed()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await desk.ExecuteAsync(
            "update billing_management.invoices set due_date = @later where id = @invoice", new { later = desk.Now.AddDays(60), invoice });
        await FiveTimesAsync(desk.Reminders.RunAsync);
        var inItsOwnWeek = (await payer.FactsAsync("InvoiceDueSoon", invoice)).Count;
        // A Wednesday: the run of Monday did not happen.
        desk.Apps.Clock.Advance(NextMonday() + TimeSpan.FromDays(2) - desk.Now);
        await FiveTimesAsync(desk.Dunning.RunAsync);
        await FiveTimesAsync(desk.Reminders.RunAsync);
        var inTheNext = (await payer.FactsAsync("InvoiceDueSoon", invoice)).Count;
        desk.Apps.Clock.Advance(NextMonday() - desk.Now);
        await FiveTimesAsync(desk.Reminders.RunAsync);

        Assert.Equal((0, 1, 2), (inItsOwnWeek, inTheNext, (await payer.FactsAsync("InvoiceDueSoon", invoice)).Count));
    }

    [Fact]
    public async Task The_last_moment_of_the_due_date_is_not_overdue_and_the_next_is()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var due = (DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoice}"))["dueAt"]!;
        var midnight = new DateTimeOffset(due.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        desk.Apps.Clock.Advance(midnight.AddSeconds(-30) - desk.Now);
        await desk.Dunning.RunAsync(CancellationToken.None);
        var before = await DescribeAsync(payer, invoice);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(1));
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal(("pending 0", "overdue 1"), (before, await DescribeAsync(payer, invoice)));
    }

    [Fact]
    public async Task What_is_due_in_the_last_millisecond_of_a_day_is_overdue_on_the_next()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var midnight = new DateTimeOffset(desk.Now.UtcDateTime.Date.AddDays(3), TimeSpan.Zero);
        await desk.ExecuteAsync(
            "update billing_management.invoices set due_date = @due where id = @invoice", new { due = midnight.AddMilliseconds(-1), invoice });
        desk.Apps.Clock.Advance(midnight.AddSeconds(-20) - desk.Now);
        await desk.Dunning.RunAsync(CancellationToken.None);
        var before = await DescribeAsync(payer, invoice);
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(21));
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal(("pending 0", "overdue 1"), (before, await DescribeAsync(payer, invoice)));
    }

    [Fact]
    public async Task What_was_written_off_and_is_paid_after_all_is_paid()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var due = (DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoice}"))["dueAt"]!;
        ToDay(due, 61);
        await desk.Dunning.RunAsync(CancellationToken.None);
        await payer.PayAsync(invoice, 111_000);

        Assert.Equal("paid 111000 0 0", await payer.StateAsync(invoice));
    }

    [Fact]
    public async Task Dunning_begins_anew_when_a_payment_is_taken_back()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(invoice, 111_000);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(40));
        await payer.TellAsync(new PaymentReversed(payment, invoice, payer.User, Payer.Idr(111_000), "denied"));
        await desk.Dunning.RunAsync(CancellationToken.None);
        var today = await DescribeAsync(payer, invoice);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(1));
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal(("pending 0", "overdue 1"), (today, await DescribeAsync(payer, invoice)));
        Assert.Equal(1, (int)Assert.Single(await payer.FactsAsync("InvoiceOverdue", invoice))["data"]!["daysOverdue"]!);
    }

    [Fact]
    public async Task A_written_off_invoice_that_was_paid_after_all_and_then_taken_back_is_gone_after_again()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        ToDay((DateTimeOffset)(await payer.GetAsync($"v1/invoices/{invoice}"))["dueAt"]!, 61);
        await desk.Dunning.RunAsync(CancellationToken.None);
        var writtenOff = await DescribeAsync(payer, invoice);
        var payment = await payer.PayAsync(invoice, 111_000);
        await payer.TellAsync(new PaymentReversed(payment, invoice, payer.User, Payer.Idr(111_000), "denied"));
        var reversed = await DescribeAsync(payer, invoice);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(1));
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal(
            ("overdue 60 written off", "pending 0", "overdue 1"), (writtenOff, reversed, await DescribeAsync(payer, invoice)));
        Assert.Equal(
            1, JsonNode.Parse(await payer.Administrator.GetStringAsync("v1/reports/receivables"))!["rows"]!.AsArray().Sum(row => (int)row!["invoices"]!));
    }

    [Fact]
    public async Task A_tenant_whose_invoices_cannot_be_gone_through_stops_no_other()
    {
        var payers = new[] { await desk.WelcomeAsync(), await desk.WelcomeAsync() };
        // Tenants are gone through by name.
        var (broken, other) = string.CompareOrdinal(payers[0].Tenant, payers[1].Tenant) < 0 ? (payers[0], payers[1]) : (payers[1], payers[0]);
        var invoices = new[] { await broken.OweAsync(100_000), await other.OweAsync(100_000) };
        await desk.ExecuteAsync(
            $"""
            create or replace function public.refuse_dunning() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
            create or replace trigger broken before update on billing_management.invoices
                for each row when (new.tenant_id = '{broken.Tenant}') execute function public.refuse_dunning();
            """);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(9));
        await desk.Dunning.RunAsync(CancellationToken.None);
        await desk.ExecuteAsync("drop trigger broken on billing_management.invoices");
        var before = await DescribeAsync(broken, invoices[0]);
        await desk.Dunning.RunAsync(CancellationToken.None);

        Assert.Equal(
            ("pending 0", "overdue 1", "overdue 1"), (before, await DescribeAsync(broken, invoices[0]), await DescribeAsync(other, invoices[1])));
    }

    [Fact]
    public async Task A_thousand_overdue_invoices_are_marked_by_two_runs_at_once_and_told_once_each()
    {
        var payer = await desk.WelcomeAsync();
        await desk.ExecuteAsync(
            """
            insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount, currency,
                                                     due_date, created_at, updated_at)
            select @Tenant, gen_random_uuid(), 'X-' || n, @User, 100, 0, 0, 100, 'USD', @due, @due, @due from generate_series(1, 1200) as n
            """,
            new { payer.Tenant, payer.User, due = desk.Now.AddDays(-2) });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.Dunning.RunAsync(CancellationToken.None))));

        Assert.Equal([1200L], await desk.QueryAsync<long>(
            "select count(*) from billing_management.invoices where tenant_id = @Tenant and status = 'overdue' and dunning_stage = 1", new { payer.Tenant }));
        Assert.Equal([1200L], await desk.QueryAsync<long>(
            "select count(*) from billing_management.billing_history where tenant_id = @Tenant and event_type = 'invoice_overdue'", new { payer.Tenant }));
    }

    private static async Task FiveTimesAsync(Func<CancellationToken, Task> run)
    {
        for (var time = 0; time < 5; time++)
            await run(CancellationToken.None);
    }

    private void ToDay(DateTimeOffset due, int day)
    {
        var noon = new DateTimeOffset(due.UtcDateTime.Date, TimeSpan.Zero).AddDays(day).AddHours(12);
        if (noon > desk.Now)
            desk.Apps.Clock.Advance(noon - desk.Now);
    }

    private DateTimeOffset NextMonday()
    {
        var today = desk.Now.UtcDateTime.Date;
        return new DateTimeOffset(today.AddDays(7 - (((int)today.DayOfWeek + 6) % 7)), TimeSpan.Zero).AddHours(1);
    }

    private async Task<string> DescribeAsync(Payer payer, Guid invoice) => (await desk.QueryAsync<string>(
        """
        select concat_ws(' ', status, dunning_stage, case when written_off_at is not null then 'written off' end)
        from billing_management.invoices where tenant_id = @Tenant and id = @invoice
        """,
        new { payer.Tenant, invoice }))[0];
}
