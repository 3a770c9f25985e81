using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Integration.Billing;

/// <summary>Terms of subscriptions, in whatever order they come, and what a run made by terms that were not the last ones.</summary>
[Collection<CyclesCollection>]
public sealed class AgreementTests(CyclesDesk desk)
{
    private readonly Guid subscription = Guid.CreateVersion7();
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Older_terms_never_replace_newer_ones()
    {
        var tenant = await desk.NewTenantAsync();
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1), price: 100_000);
        await desk.AgreeAsync(tenant, terms with { Version = 3, Price = Idr(300_000) });
        await desk.AgreeAsync(tenant, terms with { Version = 2, Price = Idr(200_000) }, terms);
        await desk.RunAsync(tenant);

        Assert.Equal(["0001 pending 333000.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_period_that_Subscriptions_began_first_is_billed_at_once_and_only_then()
    {
        var tenant = await desk.NewTenantAsync();
        var start = desk.Now.AddMinutes(-1);
        var renewed = Renewed(start, version: 2, price: 100_000);
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(subscription, user, start), renewed, renewed with { Version = 3 });

        Assert.Equal(["0001 pending 111000.00 IDR"], await desk.InvoicesAsync(tenant));
        // Newer terms may come before those of the renewal; that it is owed does not change.
        var (other, late) = (Guid.CreateVersion7(), Renewed(start, version: 2, price: 50_000));
        await desk.AgreeAsync(tenant, late with { SubscriptionId = other, Version = 3, NextBillingAt = null, Renewed = null });
        await desk.AgreeAsync(tenant, late with { SubscriptionId = other });
        Assert.Equal(["0001 pending 111000.00 IDR", "0002 pending 55500.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_charge_that_was_withdrawn_before_its_bill_came_is_never_billed()
    {
        var tenant = await desk.NewTenantAsync();
        var renewed = Renewed(desk.Now.AddMinutes(-1), version: 2, price: 100_000);
        var charge = RenewalCharge.IdOf(subscription, renewed.PeriodStart);
        await desk.AgreeAsync(tenant);
        await desk.TellAsync(tenant, new SubscriptionCancelled(subscription, user, desk.Now, charge));
        await desk.WaitUntilQuietAsync(tenant);
        await desk.AgreeAsync(tenant, renewed);

        Assert.Empty(await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_charge_that_is_withdrawn_while_it_is_being_billed_is_owed_by_nobody()
    {
        var tenant = await desk.NewTenantAsync();
        var charge = Guid.CreateVersion7();
        await using (var gate = await desk.StandStillAsync("invoices", $"new.subscription_id = '{subscription}'", on: "insert"))
        {
            await desk.TellAsync(tenant, new SubscriptionCreated(
                subscription, user, "pro", "Pro", "monthly", Idr(100_000), desk.Now, desk.Now.AddMonths(1), charge));
            await gate.UntilSomebodyWaitsAsync();
            await desk.TellAsync(tenant, new SubscriptionCancelled(subscription, user, desk.Now, charge));
            await CyclesDesk.WaitForAsync(
                async () => (await desk.QueryAsync<bool>(
                    """
                    select exists (select from billing_management.inbox where tenant_id = @tenant and subject = 'SubscriptionCancelled')
                        or exists (
                            select from pg_locks
                            where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))
                    """,
                    new { tenant }))[0],
                "The withdrawal has neither been heard nor does it wait.");
        }

        await desk.WaitUntilQuietAsync(tenant);
        Assert.Equal(["0001 cancelled 111000.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_run_passes_a_charge_by_that_was_withdrawn_before_it_came()
    {
        var tenant = await desk.NewTenantAsync();
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
        await desk.AgreeAsync(tenant, terms);
        await desk.TellAsync(tenant, new SubscriptionExpired(subscription, user, desk.Now, RenewalCharge.IdOf(subscription, terms.NextBillingAt!.Value)));
        await desk.WaitUntilQuietAsync(tenant);
        var administrator = await desk.SignInAdministratorAsync(tenant);
        Assert.Empty((await administrator.PostAsync("v1/billing-runs", new { dryRun = true }))["wouldBill"]!.AsArray());
        var run = await desk.RunAsync(tenant);

        Assert.Equal((1, 1), ((int)run["due"]!, (int)run["existing"]!));
        Assert.Empty(await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_renewal_that_was_cancelled_meanwhile_is_taken_back_and_what_was_paid_becomes_credit()
    {
        foreach (var isPaid in new[] { false, true })
        {
            var tenant = await desk.NewTenantAsync();
            var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
            await desk.AgreeAsync(tenant, terms);
            await desk.RunAsync(tenant);
            if (isPaid)
                await PayAsync(tenant);
            await desk.AgreeAsync(tenant, terms with { Version = 2, NextBillingAt = null });

            Assert.Equal([isPaid ? "0001 paid 111000.00 IDR" : "0001 cancelled 111000.00 IDR"], await desk.InvoicesAsync(tenant));
            Assert.Equal(isPaid ? 100_000m : 0, await CreditAsync(tenant));
        }
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(40_000, 100_000)]
    [InlineData(100_000, 100_000)]
    public async Task A_renewal_that_is_taken_back_gives_back_what_its_credit_notes_have_left_and_is_credited_no_more(decimal noted, decimal credit)
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
        await desk.AgreeAsync(tenant, terms);
        await desk.RunAsync(tenant);
        await PayAsync(tenant);
        var invoice = (await desk.QueryAsync<Guid>("select id from billing_management.invoices where tenant_id = @tenant", new { tenant }))[0];
        var line = (string)(await administrator.GetAsync($"v1/invoices/{invoice}"))["lines"]![0]!["id"]!;
        if (noted > 0)
            await administrator.PostAsync(
                $"v1/invoices/{invoice}/credit-notes", new { reason = "part", lines = new[] { new { lineId = line, amount = Idr(noted) } } }, expected: 201);
        await desk.AgreeAsync(tenant, terms with { Version = 2, NextBillingAt = null });

        // What had been paid came back once: by the note and by the rest.
        Assert.Equal(credit, await CreditAsync(tenant));
        Assert.Equal(
            "INVOICE_SUPERSEDED",
            (string?)(await administrator.PostAsync($"v1/invoices/{invoice}/credit-notes", new { reason = "again" }, expected: 409))["code"]);
        Assert.Equal(credit, await CreditAsync(tenant));
    }

    // 111,000 were paid of a renewal that is taken back: 100,000 of credit, of which 30,000 may be spent already.
    [Theory]
    [InlineData("refund", false, "0001 paid", 0)]
    [InlineData("part", false, "0001 paid", 60_000)]
    [InlineData("refund", true, "0001 paid", 0)]
    [InlineData("reversal", false, "0001 cancelled", 0)]
    [InlineData("reversal", true, "0001 cancelled", 0)]
    public async Task Money_of_a_renewal_that_was_taken_back_goes_back_out_of_the_credit_that_it_became(
        string how, bool isSpent, string state, decimal credit)
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAsync(tenant, user: null, "credits:write");
        var (terms, payment, invoice) = await PayRenewalAsync(tenant);
        await desk.AgreeAsync(tenant, terms with { Version = 2, NextBillingAt = null });
        if (isSpent)
            await administrator.PostAsync("v1/credit-adjustments", new { userId = user, amount = Idr(-30_000), reason = "spent" });
        await desk.TellAsync(tenant, how switch
        {
            "refund" => new PaymentRefunded(payment, invoice, user, Idr(111_000), Idr(111_000)),
            "part" => new PaymentRefunded(payment, invoice, user, Idr(44_400), Idr(44_400)),
            _ => new PaymentReversed(payment, invoice, user, Idr(111_000), "denied"),
        });
        await desk.WaitUntilQuietAsync(tenant);

        Assert.Equal([$"{state} 111000.00 IDR"], await desk.InvoicesAsync(tenant));
        Assert.Equal(credit, await CreditAsync(tenant));
    }

    [Fact]
    public async Task A_coupon_on_a_renewal_that_is_taken_back_is_good_for_the_one_in_its_place()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "FREE", percent = 100 }, expected: 201);
        await administrator.PostAsync("v1/coupon-redemptions", new { code = "FREE", userId = user });
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
        await desk.AgreeAsync(tenant, terms);
        await desk.RunAsync(tenant);
        await desk.AgreeAsync(tenant, terms with { Version = 2, Price = Idr(60_000) });

        Assert.Equal(["0001 paid 0.00 IDR", "0002 paid 0.00 IDR"], await desk.InvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task A_renewal_at_a_price_that_was_no_longer_right_is_made_anew()
    {
        foreach (var isPaid in new[] { false, true })
        {
            var tenant = await desk.NewTenantAsync();
            var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
            await desk.AgreeAsync(tenant, terms);
            await desk.RunAsync(tenant);
            if (isPaid)
                await PayAsync(tenant);
            await desk.AgreeAsync(tenant, terms with { Version = 2, Price = Idr(60_000) });

            // Paid by the credit of the one that is taken back, and the rest stays credit.
            Assert.Equal(
                isPaid
                    ? ["0001 paid 111000.00 IDR", "0002 paid 0.00 IDR"]
                    : ["0001 cancelled 111000.00 IDR", "0002 pending 66600.00 IDR"],
                await desk.InvoicesAsync(tenant));
            Assert.Equal(isPaid ? 40_000m : 0, await CreditAsync(tenant));
            // Subscriptions agrees when it renews, and nothing more happens.
            await desk.AgreeAsync(tenant, Renewed(terms.PeriodEnd, version: 3, price: 60_000));
            Assert.Equal(2, (await desk.InvoicesAsync(tenant)).Count);
            await desk.AssertBooksAsync(tenant);
        }
    }

    [Fact]
    public async Task What_gives_back_of_a_renewal_waits_for_the_invoice_in_the_place_of_one_that_was_taken_back()
    {
        var tenant = await desk.NewTenantAsync();
        var (terms, _, _) = await PayRenewalAsync(tenant);
        await desk.AgreeAsync(tenant, terms with { Version = 2, NextBillingAt = null });
        await desk.TellAsync(tenant, new SubscriptionChargeDue(
            Guid.CreateVersion7(), subscription, user, "cancel", desk.Now, desk.Now.AddDays(30), [new ChargeLine("unused", 1, Idr(-50_000), Idr(-50_000))],
            RenewalCharge.IdOf(subscription, terms.PeriodEnd)));
        await CyclesDesk.WaitForAsync(
            async () => (await desk.QueryAsync<bool>(
                "select exists (select from billing_management.inbox where tenant_id = @tenant and subject = 'SubscriptionChargeDue')", new { tenant }))[0],
            "The charge has not been heard.");
        var credit = await CreditAsync(tenant);
        await desk.AgreeAsync(tenant, Renewed(terms.PeriodEnd, version: 3, price: 100_000));

        // The credit of the one that was taken back, then what the other one leaves of it and gives back.
        Assert.Equal((100_000m, 50_000m), (credit, await CreditAsync(tenant)));
        Assert.Equal(["0001 paid 111000.00 IDR", "0002 paid 0.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Theory]
    [InlineData(false, "0001 paid 111000.00 IDR", "0002 pending 222000.00 IDR")]
    [InlineData(true, "0001 cancelled 111000.00 IDR", "0002 pending 333000.00 IDR")]
    public async Task A_dearer_renewal_in_the_place_of_one_that_had_been_paid_is_to_be_paid_and_told_so(bool isReversed, params string[] invoices)
    {
        var tenant = await desk.NewTenantAsync();
        var (terms, payment, invoice) = await PayRenewalAsync(tenant);
        if (isReversed)
            await desk.TellAsync(tenant, new PaymentReversed(payment, invoice, user, Idr(111_000), "denied"));
        await desk.WaitUntilQuietAsync(tenant);
        await desk.AgreeAsync(tenant, terms with { Version = 2, Price = Idr(300_000) });

        Assert.Equal(invoices, await desk.InvoicesAsync(tenant));
        await PayAsync(tenant);
        // Subscriptions takes the newest number: opened once, then paid.
        Assert.Equal(["InvoicePaid 0", "InvoicePaid 1", "InvoiceReopened 1"], await desk.QueryAsync<string>(
            """
            select subject || ' ' || (body::jsonb #>> '{data,reopenings}') from local_broker.messages
            where path = 'business-events/subscriptions' and subject in ('InvoicePaid', 'InvoiceReopened') and body like @like
            order by 1
            """,
            new { like = $"%\"{tenant}\"%" }));
    }

    [Fact]
    public async Task Another_cycle_that_began_meanwhile_takes_the_old_renewal_back()
    {
        var tenant = await desk.NewTenantAsync();
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
        await desk.AgreeAsync(tenant, terms);
        await desk.RunAsync(tenant);
        var changedAt = terms.PeriodEnd.AddMinutes(-1);
        await desk.AgreeAsync(tenant, terms with
        {
            Version = 2, Cycle = "yearly", PeriodStart = changedAt, PeriodEnd = changedAt.AddYears(1), NextBillingAt = changedAt.AddYears(1),
        });

        Assert.Equal(["0001 cancelled 111000.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task The_end_of_a_trial_is_billed_by_its_exact_lines_and_whole_periods_follow()
    {
        var tenant = await desk.NewTenantAsync();
        var start = desk.Now.AddDays(-3);
        var first = CyclesDesk.Bill(start, start.AddDays(2), 12_345);
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(subscription, user, start) with { Next = first, AnchorDay = start.AddDays(2).UtcDateTime.Day });
        await desk.RunAsync(tenant);

        Assert.Equal(["0001 pending 13703.00 IDR", "0002 pending 111000.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task A_bill_that_is_told_by_the_time_of_another_zone_is_billed_like_any_other()
    {
        var tenant = await desk.NewTenantAsync();
        var start = desk.Now.AddDays(-3).ToOffset(TimeSpan.FromHours(7));
        var first = CyclesDesk.Bill(start, start.AddDays(2), 12_345);
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(subscription, user, start) with { Next = first, AnchorDay = start.AddDays(2).UtcDateTime.Day });
        var run = await desk.RunAsync(tenant);

        Assert.Equal((2, 0), ((int)run["created"]!, (int)run["parked"]!));
        Assert.Equal(["0001 pending 13703.00 IDR", "0002 pending 111000.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    [Fact]
    public async Task Terms_that_make_no_bill_are_parked_and_the_next_terms_free_them()
    {
        var tenant = await desk.NewTenantAsync();
        var start = desk.Now.AddMinutes(-1);
        var broken = Renewed(start, version: 2, price: 100_000);
        broken = broken with { Renewed = broken.Renewed! with { Lines = [new ChargeLine("Less than nothing", 1, Idr(-1), Idr(-1))] } };
        await desk.AgreeAsync(tenant, broken);
        Assert.Equal(
            ["Its lines come to -1 IDR, and there is no invoice below nothing."],
            await desk.QueryAsync<string>("select parked_reason from billing_management.billing_agreements where tenant_id = @tenant", new { tenant }));

        await desk.AgreeAsync(tenant, Renewed(start, version: 3, price: 100_000));
        Assert.Equal(["0001 pending 111000.00 IDR"], await desk.InvoicesAsync(tenant));
    }

    private SubscriptionTermsChanged Renewed(DateTimeOffset start, long version, decimal price)
    {
        var end = Shared.Time.BusinessCalendar.AddMonths(start, 1, start.UtcDateTime.Day);
        return CyclesDesk.Terms(subscription, user, end, price, version) with
        {
            PeriodStart = start.ToUniversalTime(), AnchorDay = start.UtcDateTime.Day, Renewed = CyclesDesk.Bill(start.ToUniversalTime(), end, price),
        };
    }

    private async Task<(SubscriptionTermsChanged Terms, Guid Payment, Guid Invoice)> PayRenewalAsync(string tenant)
    {
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddMinutes(-1));
        await desk.AgreeAsync(tenant, terms);
        await desk.RunAsync(tenant);
        await PayAsync(tenant);
        var (payment, invoice) = (await desk.QueryAsync<(Guid, Guid)>(
            "select payment_id, invoice_id from billing_management.payments_received where tenant_id = @tenant", new { tenant })).Single();
        return (terms, payment, invoice);
    }

    private async Task PayAsync(string tenant)
    {
        var (id, total) = (await desk.QueryAsync<(Guid, decimal)>(
            "select id, total_amount from billing_management.invoices where tenant_id = @tenant and status = 'pending'", new { tenant })).Single();
        await desk.TellAsync(tenant, new PaymentSucceeded(Guid.CreateVersion7(), id, user, subscription, Idr(total), "bank_transfer", desk.Now));
        await desk.WaitUntilQuietAsync(tenant);
    }

    private async Task<decimal> CreditAsync(string tenant) => (await desk.QueryAsync<decimal>(
        "select coalesce(sum(balance), 0) from billing_management.credit_balances where tenant_id = @tenant", new { tenant }))[0];

    private static Money Idr(decimal amount) => new(amount, Currency.Idr);
}
