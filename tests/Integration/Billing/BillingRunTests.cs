using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CyclesCollection>]
public sealed class BillingRunTests(CyclesDesk desk)
{
    private const string NextBill = "next_bill = jsonb_build_object('periodStart', next_billing_at, 'periodEnd', next_billing_at + interval '1 month', 'lines', jsonb ";

    [Fact]
    public async Task What_is_due_is_billed_once_with_number_lines_tax_history_and_message()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(Guid.CreateVersion7(), Guid.CreateVersion7(), desk.Now.AddMinutes(-1), 479_000));
        var run = await desk.RunAsync(tenant);

        Assert.Equal((1, 1, 0, 0), Counts(run));
        Assert.Equal(["0001 pending 531690.00 IDR"], await desk.InvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);

        // Nothing is due any more: another run finds nothing, and what is there stays as it is.
        await (await desk.SignInAdministratorAsync(tenant)).PostAsync("v1/billing-runs", new { });
        Assert.Equal((0, 0, 0, 0), Counts(await desk.WaitForRunAsync(tenant, after: run)));
        Assert.Equal(["0001 pending 531690.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task Two_instances_that_start_the_run_together_bill_everything_once()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 1_200, desk.Now.AddHours(-1));
        await using var twin = await desk.StartTwinAsync();
        await Task.WhenAll(
            desk.RunTimerAsync("RunMonthlyBilling"), desk.RunTimerAsync("RunMonthlyBilling", twin),
            desk.RunTimerAsync("RunDailyBilling"), desk.RunTimerAsync("RunDailyBilling", twin));
        await desk.WaitForRunAsync(tenant);

        Assert.Equal(1_200, await desk.CountInvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
        var (due, created, existing, parked) = await TotalsAsync(tenant);
        Assert.Equal((1_200, 1_200, 0, 0), (due, created, existing, parked));
    }

    [Fact]
    public async Task A_run_that_is_killed_after_a_part_leaves_exactly_the_rest_to_the_next()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 2_500, desk.Now.AddHours(-1));
        // The second page stands still between its numbers and its commit, and there its process dies.
        await using (var gate = await desk.StandStillAsync("invoice_counters", $"new.tenant_id = '{tenant}' and new.last_number > 1000"))
        {
            await desk.RunTimerAsync("RunMonthlyBilling");
            await gate.UntilSomebodyWaitsAsync();
            await desk.KillAsync();
            await gate.EndWhoWaitsAsync();
        }

        Assert.Equal(1_000, await desk.CountInvoicesAsync(tenant));
        await desk.Apps.StartAppAsync(FunctionApp.Billing);
        await desk.RunTimerAsync("RunDailyBilling");
        var run = await desk.WaitForRunAsync(tenant);
        Assert.Equal((2_500, 2_500, 0, 0), Counts(run));
        Assert.Equal(2_500, await desk.CountInvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task After_three_months_without_a_run_three_invoices_follow_each_other()
    {
        var tenant = await desk.NewTenantAsync();
        var next = desk.Now.AddDays(-65);
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(Guid.CreateVersion7(), Guid.CreateVersion7(), next));
        var run = await desk.RunAsync(tenant);

        Assert.Equal((3, 3, 0, 0), Counts(run));
        var periods = await desk.QueryAsync<(DateTime Start, DateTime End)>(
            "select period_start, period_end from billing_management.invoices where tenant_id = @tenant order by invoice_number", new { tenant });
        Assert.Equal(next.UtcDateTime.Date, periods[0].Start.Date);
        Assert.Equal([periods[0].End, periods[1].End], [periods[1].Start, periods[2].Start]);
        Assert.True(periods[2].Start <= desk.Now.UtcDateTime && periods[2].End > desk.Now.UtcDateTime);
    }

    [Fact]
    public async Task Who_is_more_than_twelve_periods_behind_is_set_aside_until_somebody_releases_him()
    {
        var tenant = await desk.NewTenantAsync();
        var subscription = Guid.CreateVersion7();
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(subscription, Guid.CreateVersion7(), desk.Now.AddMonths(-13).AddMinutes(-1)));
        var run = await desk.RunAsync(tenant);
        Assert.Equal((13, 12, 0, 1), Counts(run));

        var administrator = await desk.SignInAdministratorAsync(tenant);
        var parked = Assert.Single((await administrator.GetAsync("v1/parked-subscriptions"))["items"]!.AsArray())!;
        Assert.Equal(($"{subscription}", "It is more than 12 periods behind."), ((string?)parked["subscriptionId"], (string?)parked["reason"]));
        await administrator.PostAsync($"v1/parked-subscriptions/{subscription}/release", new { }, expected: 204);
        await administrator.PostAsync($"v1/parked-subscriptions/{subscription}/release", new { }, expected: 404);
        Assert.Equal((2, 2, 0, 0), Counts(await desk.RunAsync(tenant)));
        Assert.Equal(14, await desk.CountInvoicesAsync(tenant));
        Assert.Equal(["subscription_parked", "subscription_released"], await desk.HistoryAsync(tenant, "subscription_%"));
        var user = (await desk.QueryAsync<Guid>("select user_id from billing_management.billing_agreements where tenant_id = @tenant", new { tenant }))[0];
        Assert.DoesNotContain("subscription_parked", (await (await desk.SignInAsync(tenant, user)).GetAsync("v1/billing-history")).ToJsonString());
    }

    [Theory]
    [InlineData("next_bill = '{\"periodStart\": 7}'", "Its next bill cannot be read")]
    [InlineData("currency = 'EUR'", "Its currency 'EUR' is not one that is billed.")]
    [InlineData("price = 9999999999999999", "is larger than")]
    [InlineData("price = 9999999999999999.99, currency = 'USD'", "It cannot be composed")]
    [InlineData(NextBill + "'[{}]')", "It cannot be composed")]
    [InlineData(NextBill + "'[null]')", "It cannot be composed")]
    [InlineData("price = -1", "there is no invoice below nothing")]
    // The database itself refuses this one: a history line cannot hold it.
    [InlineData("user_id = '00000000-0000-0000-0000-00000000dead'", "this user is poisoned")]
    public async Task One_poisoned_subscription_of_a_thousand_is_set_aside_with_the_reason(string poison, string reason)
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 1_000, desk.Now.AddHours(-1));
        await desk.ExecuteAsync(
            $"""
            update billing_management.billing_agreements set {poison}
            where tenant_id = @tenant and subscription_id = (
                select subscription_id from billing_management.billing_agreements where tenant_id = @tenant order by subscription_id offset 400 limit 1)
            """,
            new { tenant });
        await desk.ExecuteAsync(
            """
            create or replace function public.refuse_poisoned() returns trigger language plpgsql as
                $$ begin raise exception 'this user is poisoned'; end $$;
            create or replace trigger poisoned before insert on billing_management.billing_history
                for each row when (new.user_id = '00000000-0000-0000-0000-00000000dead') execute function public.refuse_poisoned();
            """);
        var run = await desk.RunAsync(tenant);

        Assert.Equal((1_000, 999, 0, 1), Counts(run));
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var parked = Assert.Single((await administrator.GetAsync($"v1/billing-runs/{run["id"]}"))["parkedBills"]!.AsArray())!;
        Assert.Contains(reason, (string?)parked["reason"]);
        Assert.Equal(999, await desk.CountInvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task A_run_whose_last_agreements_somebody_else_holds_ends_when_they_are_let_go()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 2, desk.Now.AddHours(-1));
        await using (var holder = await desk.HoldAgreementAsync(tenant))
        {
            await desk.RunTimerAsync("RunDailyBilling");
            await CyclesDesk.WaitForAsync(async () => await desk.CountInvoicesAsync(tenant) == 1, "The free one was not billed.");
            // It has found nothing that it could take, and looks again later.
            await CyclesDesk.WaitForAsync(async () => await desk.CountPagesLaterAsync(tenant) > 0, "Nobody would look again.");
        }

        Assert.Equal((2, 2, 0, 0), Counts(await desk.WaitForRunAsync(tenant)));
    }

    [Fact]
    public async Task More_than_a_page_is_shared_by_two_workers_who_bill_everything_once()
    {
        var tenant = await desk.NewTenantAsync();
        // How the tenant appears is kept once, for which one of them would wait.
        await desk.AgreeAsync(tenant, count: 1, desk.Now.AddHours(-1));
        var first = await desk.RunAsync(tenant);
        await desk.AgreeAsync(tenant, count: 1_001, desk.Now.AddHours(-1));
        // Both have taken their pages before one of them numbers his.
        await using (var gate = await desk.StandStillAsync("invoice_counters", $"new.tenant_id = '{tenant}'", "insert"))
        {
            await desk.RunTimerAsync("RunDailyBilling");
            await gate.UntilSoManyWaitAsync(2);
        }

        Assert.Equal((1_001, 1_001, 0, 0), Counts(await desk.WaitForRunAsync(tenant, after: first)));
        Assert.Equal(1_002, await desk.CountInvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task What_somebody_held_before_the_end_of_a_page_and_let_go_is_billed_by_the_same_run()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 3, desk.Now.AddHours(-1));
        var holder = await desk.HoldAgreementAsync(tenant);
        await using (var gate = await desk.StandStillAsync("invoice_counters", $"new.tenant_id = '{tenant}'", "insert"))
        {
            await desk.RunTimerAsync("RunDailyBilling");
            await gate.UntilSomebodyWaitsAsync();
            // What it held lies before the last one of the page that is being billed.
            await holder.DisposeAsync();
        }

        Assert.Equal((3, 3, 0, 0), Counts(await desk.WaitForRunAsync(tenant)));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task A_bill_that_is_there_already_is_passed_by()
    {
        var tenant = await desk.NewTenantAsync();
        var terms = CyclesDesk.Terms(Guid.CreateVersion7(), Guid.CreateVersion7(), desk.Now.AddMinutes(-1));
        await desk.AgreeAsync(tenant, terms);
        await desk.RunAsync(tenant);
        // A move of the same period that was told late: as far as it knows, the renewal is still to come.
        await desk.AgreeAsync(tenant, terms with { Version = 2 });

        Assert.Equal((1, 0, 1, 0), Counts(await desk.RunAsync(tenant)));
        Assert.Equal(1, await desk.CountInvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_billed_and_bills_nothing()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(
            tenant,
            CyclesDesk.Terms(Guid.CreateVersion7(), Guid.CreateVersion7(), desk.Now.AddMinutes(-1), 479_000),
            CyclesDesk.Terms(Guid.CreateVersion7(), Guid.CreateVersion7(), desk.Now.AddDays(1), 479_000));
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var bill = Assert.Single((await administrator.PostAsync("v1/billing-runs", new { dryRun = true }))["wouldBill"]!.AsArray())!;

        Assert.Equal((479_000m, 52_690m, 531_690m), ((decimal)bill["net"]!["amount"]!, (decimal)bill["tax"]!["amount"]!, (decimal)bill["total"]!["amount"]!));
        Assert.Empty(await desk.InvoicesAsync(tenant));
        Assert.Empty((await administrator.GetAsync("v1/billing-runs"))["items"]!.AsArray());

        var started = (await administrator.PostAsync("v1/billing-runs", new { }))["run"]!;
        await desk.WaitForRunAsync(tenant);
        Assert.Equal(1, (int)(await administrator.GetAsync($"v1/billing-runs/{started["id"]}"))["run"]!["created"]!);
        await (await desk.SignInAsync(tenant)).PostAsync("v1/billing-runs", new { }, expected: 403);
    }

    [Fact]
    public async Task The_same_page_message_twice_and_one_of_a_finished_run_change_nothing()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 1_500, desk.Now.AddHours(-1));
        var run = Guid.Parse((string)(await desk.RunAsync(tenant))["id"]!);
        var page = new BillingRunPage(run);
        await desk.SendAsync(Topology.BillingRunPages, tenant, page, page, new BillingRunPage(Guid.CreateVersion7()));
        await desk.WaitUntilQuietAsync(tenant);

        Assert.Equal(1_500, await desk.CountInvoicesAsync(tenant));
        Assert.Equal((1_500, 1_500, 0, 0), await TotalsAsync(tenant));
    }

    private static (int Due, int Created, int Existing, int Parked) Counts(JsonNode run) =>
        ((int)run["due"]!, (int)run["created"]!, (int)run["existing"]!, (int)run["parked"]!);

    // Of all runs of the tenant together.
    private async Task<(int Due, int Created, int Existing, int Parked)> TotalsAsync(string tenant) => (await desk.QueryAsync<(int, int, int, int)>(
        """
        select sum(due)::int, sum(created)::int, sum(existing)::int, sum(parked)::int from billing_management.billing_runs where tenant_id = @tenant
        """,
        new { tenant }))[0];
}
