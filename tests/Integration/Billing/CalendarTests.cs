using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Billing;

/// <summary>Runs at the edges of months, on machines whose zone is not UTC.</summary>
public sealed class CalendarTests(StackFixture stack)
{
    private static readonly DateTimeOffset MonthEnd = new(2027, 1, 31, 23, 59, 59, 999, TimeSpan.Zero);

    [Fact]
    public async Task The_zone_of_the_machine_changes_nothing()
    {
        await using var desk = new JakartaDesk(stack);
        await desk.InitializeAsync();
        var tenant = await desk.NewTenantAsync();
        desk.Apps.Clock.MoveTo(MonthEnd.AddDays(-40));
        foreach (var due in new[] { "2026-12-31T23:59:59.999Z", "2027-01-31T17:00:00Z", "2027-01-31T23:59:59.999Z", "2027-02-01T00:00:00Z" })
            await AgreeAsync(desk, tenant, DateTimeOffset.Parse(due));

        // What falls due in the last millisecond of the month waits for it; the month is that of UTC, which in Jakarta is over for seven hours.
        desk.Apps.Clock.MoveTo(MonthEnd.AddSeconds(-30));
        await RunAsync(desk, tenant);
        Assert.Equal(["INV-2027-01-0001 2026-12-31", "INV-2027-01-0002 2027-01-31"], await BilledAsync(desk, tenant));

        desk.Apps.Clock.MoveTo(MonthEnd.AddMilliseconds(1).AddHours(1));
        await RunAsync(desk, tenant);
        Assert.Equal(
            [
                "INV-2027-01-0001 2026-12-31", "INV-2027-01-0002 2027-01-31",
                "INV-2027-02-0001 2027-01-31", "INV-2027-02-0002 2027-01-31", "INV-2027-02-0003 2027-02-01",
            ],
            await BilledAsync(desk, tenant));
        Assert.Equal(
            ["2026-12-31 to 2027-01-31", "2027-01-31 to 2027-02-28", "2027-01-31 to 2027-02-28", "2027-01-31 to 2027-02-28", "2027-02-01 to 2027-03-01"],
            await desk.QueryAsync<string>(
                """
                select split_part(description, ', ', 3) from billing_management.invoice_line_items
                where tenant_id = @tenant order by 1
                """,
                new { tenant }));
    }

    private static Task AgreeAsync(BillingDesk desk, string tenant, DateTimeOffset due) => desk.ExecuteAsync(
        """
        insert into billing_management.billing_agreements (tenant_id, subscription_id, user_id, version, tier_code, tier_name, billing_cycle, anchor_day,
                                                           currency, price, next_billing_at, updated_at)
        values (@tenant, gen_random_uuid(), gen_random_uuid(), 1, 'pro', 'Pro', 'monthly', @anchor, 'IDR', 100000, @due, now())
        """,
        new { tenant, due, anchor = due.UtcDateTime.Day });

    private static async Task RunAsync(BillingDesk desk, string tenant)
    {
        await (await desk.SignInAdministratorAsync(tenant)).PostAsync("v1/billing-runs", new { });
        await BillingDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>(
                "select count(*) from billing_management.billing_runs where tenant_id = @tenant and status = 'running'", new { tenant }))[0] == 0,
            "The billing run does not end.");
    }

    private static Task<IReadOnlyList<string>> BilledAsync(BillingDesk desk, string tenant) => desk.QueryAsync<string>(
        """
        select invoice_number || ' ' || to_char(period_start at time zone 'UTC', 'YYYY-MM-DD') from billing_management.invoices
        where tenant_id = @tenant order by 1
        """,
        new { tenant });

    private sealed class JakartaDesk(StackFixture stack) : BillingDesk(stack)
    {
        protected override Dictionary<string, string?> Settings => new(base.Settings) { ["TZ"] = "Asia/Jakarta" };
    }
}
