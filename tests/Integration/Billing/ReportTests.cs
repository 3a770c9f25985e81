using System.Globalization;
using System.Net;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<FacesCollection>]
public sealed class ReportTests(FacesDesk desk)
{
    private const string Insert = """
        with invoice as (
            insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount, currency, status,
                                                     due_date, paid_date, payment_transaction_id, created_at, updated_at, amount_paid)
            values (@tenant, gen_random_uuid(), @number, @user, @net, @rate, @tax, @net + @tax, @currency, @status,
                    @due::timestamptz, @paid::timestamptz, case when @paid is null then null else gen_random_uuid() end, @created::timestamptz,
                    @updated::timestamptz, case when @paid is null then 0 else @net + @tax end)
            returning *
        )
        insert into billing_management.payments_received (tenant_id, payment_id, invoice_id, user_id, currency, amount, applied, received_at, created_at,
                                                          updated_at)
        select tenant_id, payment_transaction_id, id, user_id, currency, total_amount, total_amount, paid_date, paid_date, paid_date
        from invoice where payment_transaction_id is not null
        """;

    [Fact]
    public async Task Revenue_and_tax_are_summed_by_the_month_in_UTC()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        await AddAsync(payer, "2026-01-31T23:59:59.999Z", net: 1000, tax: 110, status: "paid", paid: "2026-02-03");
        await AddAsync(payer, "2026-02-01T00:00:00Z", net: 500, tax: 55);
        await AddAsync(payer, "2026-02-02T00:00:00Z", net: 9000, tax: 990, status: "cancelled");
        await AddAsync(payer, "2026-02-03T00:00:00Z", net: 29.99m, tax: 0, currency: "USD");

        var revenue = await payer.Billing.GetStringAsync("v1/reports/revenue?from=2026-01&to=2026-02&format=csv");
        Assert.Equal(
            "month,currency,invoices,net,tax,total,paid\r\n2026-01-01,IDR,1,1000.00,110.00,1110.00,1110.00\r\n"
            + "2026-02-01,IDR,1,500.00,55.00,555.00,0.00\r\n2026-02-01,USD,1,29.99,0.00,29.99,0.00\r\n",
            revenue);
        var tax = await payer.GetAsync("v1/reports/tax?from=2026-02&to=2026-02");
        Assert.Equal(
            """[{"month":"2026-02-01","currency":"IDR","rate":0.1100,"invoices":1,"base":500.00,"tax":55.00},{"month":"2026-02-01","currency":"USD","rate":0.0000,"invoices":1,"base":29.99,"tax":0.00}]""",
            tax["rows"]!.ToJsonString());
    }

    [Fact]
    public async Task A_credit_note_is_taken_off_all_reports_and_stands_in_the_statement()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var paid = await payer.BillAsync(1_000_000);
        await payer.PayAsync(paid);
        var open = await payer.BillAsync(500_000);
        foreach (var invoice in new[] { paid, open })
        {
            var line = (string)(await payer.GetAsync($"v1/invoices/{invoice}"))["lines"]![0]!["id"]!;
            await payer.SendAsync(
                HttpMethod.Post, $"v1/invoices/{invoice}/credit-notes",
                new { reason = "too much", lines = new[] { new { lineId = line, amount = new { amount = 200_000, currency = "IDR" } } } }, expected: 201);
        }

        var month = desk.Now.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        Assert.Equal(
            $"month,currency,invoices,net,tax,total,paid\r\n{month}-01,IDR,2,1100000.00,121000.00,1221000.00,888000.00\r\n",
            await payer.Billing.GetStringAsync($"v1/reports/revenue?from={month}&to={month}&format=csv"));
        var taxed = Assert.Single((await payer.GetAsync($"v1/reports/tax?from={month}&to={month}"))["rows"]!.AsArray())!;
        Assert.Equal((1_100_000, 121_000), ((decimal)taxed["base"]!, (decimal)taxed["tax"]!));
        var receivable = Assert.Single((await payer.GetAsync("v1/reports/receivables"))["rows"]!.AsArray())!;
        Assert.Equal((333_000, 333_000), ((decimal)receivable["notDue"]!, (decimal)receivable["total"]!));
        var statement = await payer.GetAsync("v1/statements");
        Assert.Equal(333_000, (decimal)statement["owed"]!["closing"]!["amount"]!);
        Assert.Equal(
            [-222_000, -222_000],
            statement["owed"]!["entries"]!.AsArray().Where(entry => (string?)entry!["kind"] == "credit_note").Select(entry => (decimal)entry!["amount"]!["amount"]!));
        // What had been paid of it is credit, before tax as the balance counts.
        Assert.Equal(200_000, (decimal)statement["credit"]!["closing"]!["amount"]!);
    }

    [Fact]
    public async Task A_note_over_all_of_an_unpaid_invoice_changes_no_month_but_its_own()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var invoice = await payer.BillAsync(1_000_000);
        await desk.ExecuteAsync(
            "update billing_management.invoices set created_at = '2026-01-15' where id = @invoice", new { invoice });
        await payer.SendAsync(HttpMethod.Post, $"v1/invoices/{invoice}/credit-notes", new { reason = "mistake" }, expected: 201);
        await desk.ExecuteAsync(
            "update billing_management.credit_notes set created_at = '2026-03-15' where invoice_id = @invoice", new { invoice });

        var tax = await payer.GetAsync("v1/reports/tax?from=2026-01&to=2026-04");
        Assert.Equal(
            ["2026-01-01 110000", "2026-03-01 -110000"],
            tax["rows"]!.AsArray().Select(row => $"{row!["month"]} {(decimal)row["tax"]!:0}"));
        Assert.Equal(
            "month,currency,invoices,net,tax,total,paid\r\n2026-01-01,IDR,1,1000000.00,110000.00,1110000.00,0.00\r\n",
            await payer.Billing.GetStringAsync("v1/reports/revenue?from=2026-01&to=2026-01&format=csv"));
    }

    [Fact]
    public async Task What_is_open_is_sorted_by_its_age()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var day = desk.Now.UtcDateTime.Date;
        foreach (var (age, net) in new[] { (-1, 1), (0, 2), (30, 4), (31, 8), (60, 16), (61, 32), (90, 64), (91, 128) })
            await AddAsync(payer, "2020-01-01", net, tax: 0, status: "overdue", due: day.AddDays(-age).AddHours(1).ToString("O"));
        await AddAsync(payer, "2020-01-01", 4096, tax: 0, status: "paid", paid: "2020-01-02");

        var row = Assert.Single((await payer.GetAsync("v1/reports/receivables"))["rows"]!.AsArray())!;
        Assert.Equal(
            [8, 1, 6, 24, 96, 128, 255],
            new[] { "invoices", "notDue", "days0To30", "days31To60", "days61To90", "daysOver90", "total" }.Select(name => (decimal)row[name]!));
    }

    [Theory]
    [InlineData("v1/reports/revenue?to=0001-05")]
    [InlineData("v1/reports/tax?to=0001-05")]
    [InlineData("v1/reports/revenue?from=9990-01&to=9990-02")]
    [InlineData("v1/reports/tax?from=0001-01&to=2026-01")]
    [InlineData("v1/reports/revenue?from=2016-01&to=2026-01")]
    public async Task A_range_that_no_report_has_is_refused(string path)
    {
        using var answer = await (await desk.WelcomeAsync("invoices:*")).Billing.GetAsync(path);
        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "INVALID_RANGE");
    }

    [Theory]
    [InlineData("v1/statements?from=0001-01-01&to=0001-01-02")]
    [InlineData("v1/statements?from=9998-12-01&to=9998-12-31")]
    [InlineData("v1/reports/revenue?from=1970-01&to=1970-12")]
    [InlineData("v1/reports/tax?from=2016-02&to=2026-01")]
    [InlineData("v1/reports/reconciliation?month=0001-01")]
    [InlineData("v1/reports/reconciliation?month=9998-12")]
    public async Task The_ends_of_the_calendar_break_nothing(string path)
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        await payer.GetAsync(path + "&currency=IDR");
    }

    [Theory]
    [InlineData("v1/reports/revenue")]
    [InlineData("v1/reports/tax")]
    [InlineData("v1/reports/receivables")]
    public async Task Only_who_may_reads_them(string path)
    {
        using var answer = await (await desk.WelcomeAsync("invoices:read")).Billing.GetAsync(path);
        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "PERMISSION_DENIED");
    }

    [Fact]
    public async Task A_statement_goes_from_the_opening_to_the_closing_balance()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        await AddAsync(payer, "2025-12-10", net: 1000, tax: 110, status: "paid", paid: "2026-01-05");
        await AddAsync(payer, "2026-01-10", net: 2000, tax: 220);
        await AddAsync(payer, "2026-01-11", net: 300, tax: 33, status: "cancelled", updated: "2026-01-20");
        await AddAsync(payer, "2026-02-01", net: 5000, tax: 550);

        var statement = await payer.GetAsync("v1/statements?from=2026-01-01&to=2026-01-31&currency=IDR");
        var owed = statement["owed"]!;
        Assert.Equal((1110, 2220), ((decimal)owed["opening"]!["amount"]!, (decimal)owed["closing"]!["amount"]!));
        Assert.Equal(
            ["payment -1110 0", "invoice 2220 2220", "invoice 333 2553", "cancellation -333 2220"],
            owed["entries"]!.AsArray().Select(entry => $"{entry!["kind"]} {entry["amount"]!["amount"]} {entry["balance"]!["amount"]}"));
        var html = await payer.Billing.GetStringAsync("v1/statements?from=2026-01-01&to=2026-01-31&currency=IDR&format=html");
        Assert.Contains("Saldo akhir", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_of_somebody_else_needs_a_permission()
    {
        var payer = await desk.WelcomeAsync();
        using var answer = await (await desk.JoinAsync(payer.Tenant)).Billing.GetAsync($"v1/statements?user={payer.User}");
        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "PERMISSION_DENIED");
        await (await desk.JoinAsync(payer.Tenant, "invoices:read")).GetAsync($"v1/statements?user={payer.User}");
    }

    private Task AddAsync(
        BilledUser payer, string created, decimal net, decimal tax, string currency = "IDR", string status = "pending", string? due = null, string? paid = null,
        string? updated = null) => desk.ExecuteAsync(
        Insert,
        new
        {
            tenant = payer.Tenant, number = $"INV-{Guid.CreateVersion7():N}", user = payer.User, net, rate = currency == "IDR" ? 0.11m : 0m, tax, currency, status,
            due = due ?? created, paid, created, updated = updated ?? created,
        });
}
