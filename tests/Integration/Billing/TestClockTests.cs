using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Billing;

/// <summary>Tenants who live by a clock of their own.</summary>
[Collection<CollectionCollection>]
public sealed class TestClockTests(CollectionDesk desk)
{
    private const string BilledSql = """
        select concat_ws(' ', invoice_number, to_char(period_start at time zone 'UTC', 'YYYY-MM-DD'), to_char(period_end at time zone 'UTC', 'YYYY-MM-DD'),
            to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
        from billing_management.invoices where tenant_id = @tenant and is_renewal
        order by created_at, invoice_number
        """;

    // Of a month that has not begun: the time may have been moved by whoever came before.
    private DateTimeOffset First
    {
        get
        {
            var next = desk.Now.AddMonths(1);
            return new DateTimeOffset(next.Year, next.Month, 15, 0, 0, 0, TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task A_year_of_a_monthly_subscription_is_twelve_invoices_each_on_its_day()
    {
        var (payer, other) = (await desk.WelcomeAsync(), await desk.WelcomeAsync());
        var first = First;
        await SubscribeAsync(payer, first);
        await SubscribeAsync(other, first);
        await PlayAsync(payer, first.AddMonths(11).AddDays(1));

        Assert.Equal(first.AddMonths(11).AddDays(1), (DateTimeOffset)JsonNode.Parse(await payer.Administrator.GetStringAsync("v1/test-clock"))!["now"]!);
        Assert.Equal(Year(first), await BilledAsync(payer.Tenant));
        Assert.Empty(await BilledAsync(other.Tenant));
        Assert.Equal("""{"now":null}""", await other.Administrator.GetStringAsync("v1/test-clock"));
    }

    [Fact]
    public async Task What_nobody_pays_is_overdue_and_written_off_on_the_days_of_the_policy_and_reminded_of_once_a_week()
    {
        var payer = await desk.WelcomeAsync();
        var first = First;
        await SubscribeAsync(payer, first);
        await PlayAsync(payer, first.AddDays(90));
        var invoice = (await InvoicesAsync(payer.Tenant))[0];
        // Issued five minutes after midnight, so what is due seven days later is overdue on the eighth.
        var due = first.AddDays(7);
        var told = new[] { 1, 3, 7, 14 }.Select(day => due.AddDays(day)).ToList();
        var mondays = Enumerable.Range(1, 67).Select(day => first.AddDays(day)).Where(day => day.DayOfWeek == DayOfWeek.Monday);

        Assert.Equal(
            [.. new[] { 1, 3, 7, 14, 60 }.Select(day => $"{due.AddDays(day):yyyy-MM-dd} 00:00 {day}{(day == 60 ? " written off" : "")}")],
            await desk.QueryAsync<string>(
                """
                select concat_ws(' ', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), event_data ->> 'daysOverdue',
                    case when (event_data ->> 'writtenOff')::boolean then 'written off' end)
                from billing_management.billing_history
                where tenant_id = @Tenant and event_type = 'invoice_overdue' and event_data ->> 'invoiceId' = @invoice
                order by created_at
                """,
                new { payer.Tenant, invoice = $"{invoice}" }));
        Assert.Equal(
            [.. mondays.Where(day => day < due.AddDays(60) && !told.Contains(day)).Select(day => $"{day:yyyy-MM-dd} 00:00")],
            await desk.QueryAsync<string>(
                """
                select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from billing_management.billing_history
                where tenant_id = @Tenant and event_type = 'invoice_reminded' and event_data ->> 'invoiceId' = @invoice
                order by created_at
                """,
                new { payer.Tenant, invoice = $"{invoice}" }));
    }

    [Fact]
    public async Task With_a_saved_card_each_month_is_paid_on_its_day_and_nothing_is_overdue()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var first = First;
        await SubscribeAsync(payer, first);
        await PlayAsync(payer, first.AddMonths(11).AddDays(1));
        await desk.UntilHeardAsync();

        Assert.Equal(Year(first), await BilledAsync(payer.Tenant));
        Assert.Equal(
            Enumerable.Repeat("paid 111000.00 00:00", 12),
            await desk.QueryAsync<string>(
                """
                select concat_ws(' ', status, amount_paid, to_char(paid_date - created_at, 'HH24:MI'))
                from billing_management.invoices where tenant_id = @Tenant and is_renewal
                """,
                new { payer.Tenant }));
        Assert.Equal(["invoice_issued", "invoice_paid"], await payer.HistoryAsync((await InvoicesAsync(payer.Tenant))[6]));
        Assert.Equal([0L], await CountAsync("billing_management.billing_history", "event_type = 'invoice_overdue'", payer));
        Assert.Equal([12L], await CountAsync("payment_management.payment_transactions", "status = 'success' and subscription_id is not null", payer));
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task Many_subscriptions_are_played_like_one()
    {
        var payer = await desk.WelcomeAsync();
        var first = First;
        await desk.ExecuteAsync(
            """
            insert into billing_management.billing_agreements (tenant_id, subscription_id, user_id, version, tier_code, tier_name, billing_cycle,
                                                               anchor_day, currency, price, next_billing_at, updated_at)
            select @Tenant, gen_random_uuid(), gen_random_uuid(), 1, 'pro', 'Pro', 'monthly', 15, 'IDR', 100000, @first, now()
            from generate_series(1, 20)
            """,
            new { payer.Tenant, first });
        await PlayAsync(payer, first.AddMonths(11).AddDays(1));

        Assert.Equal(
            Enumerable.Range(0, 12).Select(month => $"{first.AddMonths(month):yyyy-MM} 20 1 20"),
            await desk.QueryAsync<string>(
                """
                select concat_ws(' ', to_char(created_at at time zone 'UTC', 'YYYY-MM'), count(distinct subscription_id),
                    min(split_part(invoice_number, '-', 4)::int), max(split_part(invoice_number, '-', 4)::int))
                from billing_management.invoices where tenant_id = @Tenant
                group by to_char(created_at at time zone 'UTC', 'YYYY-MM') order by 1
                """,
                new { payer.Tenant }));
    }

    [Fact]
    public async Task The_clock_goes_forward_only_and_not_too_far_at_a_time()
    {
        var payer = await desk.WelcomeAsync();
        var to = desk.Now.AddDays(10);
        var past = await AdvanceAsync(payer, desk.Now.AddMinutes(-1));
        var there = await AdvanceAsync(payer, to);
        var back = await AdvanceAsync(payer, to.AddTicks(-10));
        var again = await AdvanceAsync(payer, to);
        var tooFar = await AdvanceAsync(payer, to.AddDays(401));
        var someone = await Payer.PostAsync(payer.Billing, "v1/test-clock", new { to });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (there.Status, again.Status));
        Assert.Equal((422, "TEST_CLOCK_BACKWARDS"), ((int)past.Status, (string?)past.Body!["code"]));
        Assert.Equal((422, "TEST_CLOCK_BACKWARDS"), ((int)back.Status, (string?)back.Body!["code"]));
        Assert.Equal((422, "TEST_CLOCK_TOO_FAR"), ((int)tooFar.Status, (string?)tooFar.Body!["code"]));
        Assert.Equal(HttpStatusCode.Forbidden, someone.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await payer.Billing.GetAsync("v1/test-clock")).StatusCode);
    }

    [Fact]
    public async Task Requests_and_messages_are_answered_by_the_tenants_time_and_what_follows_leaves_at_once()
    {
        var payer = await desk.WelcomeAsync();
        var to = desk.Now.AddDays(300);
        await AdvanceAsync(payer, to);
        var (_, draft) = await Payer.PostAsync(payer.Administrator, "v1/invoices", new
        {
            userId = payer.User, currency = "IDR", lines = new[] { new { description = "test", unitPrice = 1000 } },
        });
        var (_, asked) = await Payer.PostAsync(payer.Administrator, $"v1/invoices/{draft!["id"]}/finalise", new { });
        var told = await payer.OweAsync(100_000);
        var paid = Guid.Parse((string)asked!["id"]!);
        await payer.PayAsync(paid, 1110);

        Assert.StartsWith($"INV-{to:yyyy-MM}-", (string?)asked["number"], StringComparison.Ordinal);
        Assert.StartsWith($"INV-{to:yyyy-MM}-", (string?)(await payer.GetAsync($"v1/invoices/{told}"))["number"], StringComparison.Ordinal);
        // Payments dates by the real time, which for this tenant is long past.
        Assert.InRange((DateTimeOffset)(await payer.GetAsync($"v1/invoices/{paid}"))["paidAt"]!, to, to.AddMinutes(2));
        Assert.Single(await payer.FactsAsync("InvoiceIssued", told));
        Assert.Equal([0L], await desk.QueryAsync<long>(
            "select count(*) from local_broker.messages where body like @like and available_at > now()", new { like = $"%\"{payer.Tenant}\"%" }));
    }

    [Fact]
    public async Task Timers_of_the_real_time_leave_such_a_tenant_alone()
    {
        var (payer, other) = (await desk.WelcomeAsync(), await desk.WelcomeAsync());
        await AdvanceAsync(payer, desk.Now.AddSeconds(5));
        foreach (var one in new[] { payer, other })
        {
            await SubscribeAsync(one, desk.Now.AddDays(-1));
            await desk.ExecuteAsync(
                """
                insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount, currency,
                                                         due_date, created_at, updated_at, collect_at)
                select @Tenant, gen_random_uuid(), 'X-1', @User, 100, 0, 0, 100, 'USD', @due, @due, @due, @due
                """,
                new { one.Tenant, one.User, due = desk.Now.AddDays(-20) });
        }

        foreach (var timer in new[] { "RunMonthlyBilling", "RunDailyBilling", "CollectInvoices" })
            await desk.RunTimerAsync(timer);
        await desk.Dunning.RunAsync(CancellationToken.None);
        await desk.Reminders.RunAsync(CancellationToken.None);
        await CollectionDesk.WaitForAsync(async () => (await BilledAsync(other.Tenant)).Count == 1, "The other tenant is not billed.");
        // One timer passes over what another one holds at that moment, so they run until they have met.
        await CollectionDesk.WaitForAsync(
            async () =>
            {
                await desk.Dunning.RunAsync(CancellationToken.None);
                await desk.RunTimerAsync("CollectInvoices");
                return (await OpenAsync(other))[0] == "overdue 14 tried";
            },
            "The other tenant's invoice is not overdue, or was not tried.");

        Assert.Empty(await BilledAsync(payer.Tenant));
        Assert.Equal(["pending 0 waiting"], await OpenAsync(payer));
        Assert.Equal([0L], await CountAsync("billing_management.billing_runs", "true", payer));
    }

    [Fact]
    public async Task Of_two_advances_at_once_the_second_is_refused_and_nothing_happens_twice()
    {
        var payer = await desk.WelcomeAsync();
        var first = First;
        await SubscribeAsync(payer, first);
        Task<(HttpStatusCode Status, JsonNode? Body)> advance;
        await using (var table = await desk.LockAsync("billing_management.invoice_counters"))
        {
            advance = AdvanceAsync(payer, first.AddMonths(2).AddDays(1));
            await table.UntilSomebodyWaitsAsync();
            var (status, problem) = await AdvanceAsync(payer, first.AddMonths(3));
            Assert.Equal((409, "TEST_CLOCK_MOVING"), ((int)status, (string?)problem!["code"]));
        }

        Assert.Equal(HttpStatusCode.OK, (await advance).Status);
        Assert.Equal(Year(first).Take(3), await BilledAsync(payer.Tenant));
    }

    [Fact]
    public async Task Killed_between_a_number_and_its_commit_and_asked_again_it_goes_on_where_it_died()
    {
        var payer = await desk.WelcomeAsync();
        var first = First;
        await SubscribeAsync(payer, first);
        var to = first.AddMonths(11).AddDays(1);
        await using (var gate = await desk.StandStillAsync(
            "invoice_counters", $"new.tenant_id = '{payer.Tenant}' and new.month = '{first.AddMonths(4):yyyy-MM}-01'", on: "insert"))
        {
            var advance = AdvanceAsync(payer, to);
            await gate.UntilSomebodyWaitsAsync();
            await desk.KillAsync();
            await gate.EndWhoWaitsAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => advance);
        }

        Assert.Equal(Year(first).Take(4), await BilledAsync(payer.Tenant));
        await desk.Apps.StartAppAsync(FunctionApp.Billing);
        Assert.Equal(HttpStatusCode.OK, (await AdvanceAsync(payer, to)).Status);
        Assert.Equal(Year(first), await BilledAsync(payer.Tenant));
        Assert.Equal([0L], await CountAsync("billing_management.billing_runs", "status <> 'completed' or due <> created", payer));
    }

    [Fact]
    public async Task Killed_after_a_charge_and_asked_again_it_charges_nobody_twice()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var first = First;
        await SubscribeAsync(payer, first);
        // The answer has come, and nobody has written down yet that it need not be asked for again.
        await using (var gate = await desk.StandStillAsync("invoices", $"new.tenant_id = '{payer.Tenant}' and new.collect_at is null"))
        {
            var advance = AdvanceAsync(payer, first.AddDays(3));
            await gate.UntilSomebodyWaitsAsync();
            await desk.KillAsync();
            await gate.EndWhoWaitsAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => advance);
        }

        await desk.Apps.StartAppAsync(FunctionApp.Billing);
        Assert.Equal(HttpStatusCode.OK, (await AdvanceAsync(payer, first.AddDays(3))).Status);
        await desk.UntilHeardAsync();
        var invoice = Assert.Single(await InvoicesAsync(payer.Tenant));
        Assert.Equal("paid 111000 0 0", await payer.StateAsync(invoice));
        Assert.Equal([1L], await CountAsync("payment_management.payment_transactions", $"invoice_id = '{invoice}'", payer));
        Assert.Equal(0, await payer.CreditAsync());
    }

    // Number, period and time of issue of the twelve invoices of a year: the daily run is at five past midnight.
    private static IReadOnlyList<string> Year(DateTimeOffset first) =>
    [
        .. from month in Enumerable.Range(0, 12)
           let start = first.AddMonths(month)
           select $"INV-{start:yyyy-MM}-0001 {start:yyyy-MM-dd} {start.AddMonths(1):yyyy-MM-dd} {start:yyyy-MM-dd} 00:05",
    ];

    // However often a slow machine has to be asked.
    private static async Task PlayAsync(Payer payer, DateTimeOffset to)
    {
        for (var isThere = false; !isThere;)
        {
            var (status, answer) = await AdvanceAsync(payer, to);
            Assert.True(status == HttpStatusCode.OK, $"{status}: {answer}");
            isThere = (bool)answer!["isThere"]!;
        }
    }

    private static Task<(HttpStatusCode Status, JsonNode? Body)> AdvanceAsync(Payer payer, DateTimeOffset to) =>
        Payer.PostAsync(payer.Administrator, "v1/test-clock", new { to });

    private static Task SubscribeAsync(Payer payer, DateTimeOffset next) => payer.TellAsync(new SubscriptionTermsChanged(
        Guid.CreateVersion7(), payer.User, Version: 1, "pro", "Pro", "monthly", Payer.Idr(100_000), next.UtcDateTime.Day, next.AddMonths(-1), next, next));

    private Task<IReadOnlyList<string>> BilledAsync(string tenant) => desk.QueryAsync<string>(BilledSql, new { tenant });

    private Task<IReadOnlyList<Guid>> InvoicesAsync(string tenant) => desk.QueryAsync<Guid>(
        "select id from billing_management.invoices where tenant_id = @tenant and is_renewal order by created_at", new { tenant });

    private Task<IReadOnlyList<string>> OpenAsync(Payer payer) => desk.QueryAsync<string>(
        """
        select concat_ws(' ', status, dunning_stage, case when collect_attempts > 0 then 'tried' else 'waiting' end)
        from billing_management.invoices where tenant_id = @Tenant and invoice_number = 'X-1'
        """,
        new { payer.Tenant });

    private Task<IReadOnlyList<long>> CountAsync(string table, string what, Payer payer) => desk.QueryAsync<long>(
        $"select count(*) from {table} where tenant_id = @Tenant and ({what})", new { payer.Tenant });
}
