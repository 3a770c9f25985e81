using System.Globalization;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class UnpaidTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task What_is_two_weeks_overdue_stands_still_until_it_is_paid()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(7 + 13));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync())[1].StartsWith("overdue", StringComparison.Ordinal), "The invoice is not overdue.");
        var warned = await user.StatusAsync(id);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(1));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await user.WaitForStatusAsync(id, "suspended");
        await user.PayAllAsync(invoices: 2);
        await user.WaitForStatusAsync(id, "active");

        Assert.Equal("active", warned);
    }

    [Fact]
    public async Task What_the_bank_takes_back_is_unpaid_again_and_stops_the_subscription_when_it_stays_so()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await ReverseAsync(user);
        var refused = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" }, expected: 409);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(7 + 14));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await user.WaitForStatusAsync(id, "suspended");
        await user.PayAllAsync(invoices: 1);
        await user.WaitForStatusAsync(id, "active");

        Assert.Equal("PAYMENT_OPEN", (string?)refused["code"]);
        await WaitForChargeAsync(user, "paid 1");
        // Earned, taken back, and earned again.
        Assert.Equal(29.99m, await RevenueAsync(user));
    }

    [Fact]
    public async Task Days_of_a_first_period_are_owed_although_it_is_cancelled_after_the_bank_took_the_payment_back()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await ReverseAsync(user);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        // One day of 28 to 31.
        await WaitForInvoicesAsync(user, ["cancelled"], 0.96m, 1.08m);
        Assert.Equal(0, await user.CreditAsync());
    }

    [Fact]
    public async Task Who_is_suspended_and_cancels_owes_the_days_and_not_the_period()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(7 + 14));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await user.WaitForStatusAsync(id, "suspended");
        desk.Apps.Clock.Advance(TimeSpan.FromDays(4));
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        // 22 days of 28 to 31 at 99.99, less the 29.99 that were paid; on those after the suspension it did not work.
        await WaitForInvoicesAsync(user, ["paid", "cancelled"], 40.97m, 48.58m);
    }

    [Fact]
    public async Task An_upgrade_that_is_cancelled_unpaid_lowers_what_is_owed_again_of_the_plan_before_it()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        await ReverseAsync(user);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync())[1].StartsWith("cancelled", StringComparison.Ordinal), "The upgrade is still to be paid.");
        // Nothing of the plan was used and a day of the upgrade.
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<decimal>(
                """
                select sum(total_amount - amount_paid - amount_credited) from billing_management.invoices
                where tenant_id = @Tenant and status in ('pending', 'overdue')
                """,
                new { user.Tenant }))[0] is > 3.2m and < 3.6m,
            "It is not the day of the upgrade that is owed.");
        Assert.Equal(0, await user.CreditAsync());
    }

    [Fact]
    public async Task A_cancelled_invoice_that_had_been_opened_again_is_owed_by_nobody_in_whatever_order_that_is_told()
    {
        var user = await desk.WelcomeAsync();
        var id = Guid.Parse(await user.BuyAsync("pro"));
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            "select id, charge_id from billing_management.invoices where tenant_id = @Tenant", new { user.Tenant })).Single();
        await desk.TellAsync(user.Tenant, new InvoiceCancelled(invoice, "INV", user.User, id, "goodwill", charge, Reopenings: 1));
        await WaitForChargeAsync(user, "withdrawn 1");
        await desk.TellAsync(user.Tenant, new InvoiceReopened(invoice, "INV", user.User, id, new Money(29.99m, Currency.Usd), charge, Reopenings: 1));
        await UntilHeardAsync(user);

        await WaitForChargeAsync(user, "withdrawn 1");
    }

    [Fact]
    public async Task News_of_an_invoice_that_were_overtaken_change_nothing()
    {
        var user = await desk.WelcomeAsync();
        var id = Guid.Parse(await user.BuyAsync("pro"));
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            "select id, charge_id from billing_management.invoices where tenant_id = @Tenant", new { user.Tenant })).Single();
        var price = new Money(29.99m, Currency.Usd);
        var paid = new InvoicePaid(invoice, "INV", user.User, id, Guid.CreateVersion7(), price, desk.Now, charge, Reopenings: 2);
        var reopened = new InvoiceReopened(invoice, "INV", user.User, id, price, charge, Reopenings: 2);
        await desk.TellAsync(user.Tenant, reopened);
        await WaitForChargeAsync(user, "open 2");
        await desk.TellAsync(user.Tenant, paid with { Reopenings = 1 });
        await UntilHeardAsync(user);
        await WaitForChargeAsync(user, "open 2");
        await desk.TellAsync(user.Tenant, paid);
        await WaitForChargeAsync(user, "paid 2");
        await desk.TellAsync(user.Tenant, reopened);
        await desk.TellAsync(user.Tenant, new InvoiceOverdue(invoice, "INV", user.User, id, price, 14, charge, Reopenings: 1));
        await UntilHeardAsync(user);

        await WaitForChargeAsync(user, "paid 2");
        Assert.Equal("active", await user.StatusAsync($"{id}"));
    }

    [Fact]
    public async Task A_first_invoice_that_is_overdue_before_its_plan_expires_is_owed_by_nobody_after_it()
    {
        var user = await desk.WelcomeAsync();
        var id = Guid.Parse((string)(await user.SubscribeAsync("pro"))["id"]!);
        await user.WaitForInvoicesAsync(1);
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            "select id, charge_id from billing_management.invoices where tenant_id = @Tenant", new { user.Tenant })).Single();
        await desk.TellAsync(user.Tenant, new InvoiceOverdue(invoice, "INV", user.User, id, new Money(29.99m, Currency.Usd), 1, charge));
        await WaitForChargeAsync(user, "overdue 0");
        desk.Apps.Clock.Advance(TimeSpan.FromHours(24));
        await desk.RenewAsync();
        await user.WaitForStatusAsync($"{id}", "expired");

        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync()).SequenceEqual(["cancelled 29.99 29.99"]), "The invoice was not cancelled.");
    }

    [Fact]
    public async Task A_plan_that_a_coupon_had_made_cheap_pays_no_more_of_another_than_was_paid_of_it()
    {
        var user = await desk.WelcomeAsync();
        await desk.ExecuteAsync(
            """
            with coupon as (
                insert into billing_management.coupons (tenant_id, id, code, percent, duration, created_at)
                values (@Tenant, gen_random_uuid(), 'MOST', 80, 'once', now())
                returning id
            )
            insert into billing_management.coupon_redemptions (tenant_id, id, coupon_id, user_id, invoices_left, redeemed_at)
            select @Tenant, gen_random_uuid(), id, @User, 1, now() from coupon
            """,
            new { user.Tenant, user.User });
        var id = await user.BuyAsync("enterprise");
        Assert.Equal(20m, await RevenueAsync(user));
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });
        await user.WaitForInvoicesAsync(2);
        // By its price the old plan covers the new one; by what was paid of it, 9.99 are missing.
        await WaitForChargeAsync(user, "open 0");
        var invoices = await user.InvoicesAsync();
        var refused = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise", when = "now" }, expected: 409);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        Assert.Equal(["paid 20.00 20.00", "pending 9.99 9.99"], invoices);
        Assert.Equal("PAYMENT_OPEN", (string?)refused["code"]);
        // 20 less a day of pro.
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() is > 18.9m and < 19.1m, "What was paid is not given back, or more.");
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync())[1].StartsWith("cancelled", StringComparison.Ordinal), "The change is still to be paid.");
        var before = await user.CreditAsync();

        // At Billing it was paid just before it could be cancelled: what came for it goes back.
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            """
            update billing_management.invoices set status = 'paid', amount_paid = total_amount where tenant_id = @Tenant and status = 'cancelled'
            returning id, charge_id
            """,
            new { user.Tenant })).Single();
        await desk.TellAsync(user.Tenant, new InvoicePaid(
            invoice, "INV-LATE", user.User, Guid.Parse(id), Guid.CreateVersion7(), new Money(9.99m, Currency.Usd), desk.Now, charge));
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() == before + 9.99m, "The late money is not kept, or more than it.");
        // The day of pro.
        Assert.InRange(await RevenueAsync(user), 0.9m, 1.1m);
    }

    private async Task<decimal> RevenueAsync(Subscriber user) => (await desk.QueryAsync<decimal>(
        "select sum(revenue_usd) from subscription_management.subscription_deltas where tenant_id = @Tenant", new { user.Tenant }))[0];

    // The bank takes the first payment back.
    private async Task ReverseAsync(Subscriber user)
    {
        var (payment, invoice, amount) = (await desk.QueryAsync<(Guid, Guid, decimal)>(
            "select payment_id, invoice_id, amount from billing_management.payments_received where tenant_id = @Tenant", new { user.Tenant })).Single();
        await desk.TellAsync(user.Tenant, new PaymentReversed(payment, invoice, user.User, new Money(amount, Currency.Usd), "charged back"));
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<string>(
                "select status from subscription_management.subscription_charges where tenant_id = @Tenant and reason = 'first'", new { user.Tenant }))[0] == "open",
            "The charge is not open again.");
    }

    // So stand the invoices, and the newest is to be paid and over an amount between these.
    private static Task WaitForInvoicesAsync(Subscriber user, string[] before, decimal least, decimal most) => SubscriptionsDesk.WaitForAsync(
        async () =>
        {
            var invoices = (await user.InvoicesAsync()).Select(invoice => invoice.Split(' ')).ToArray();
            return invoices.Select(invoice => invoice[0]).SequenceEqual([.. before, "pending"])
                && decimal.Parse(invoices[^1][1], CultureInfo.InvariantCulture) is var owed && owed >= least && owed <= most;
        },
        "It is not the days that are owed.");

    // The newest charge and how often its invoice was opened again.
    private Task WaitForChargeAsync(Subscriber user, string expected) => SubscriptionsDesk.WaitForAsync(
        async () => (await desk.QueryAsync<string>(
            """
            select concat_ws(' ', status, reopenings) from subscription_management.subscription_charges
            where tenant_id = @Tenant order by created_at desc limit 1
            """,
            new { user.Tenant }))[0] == expected,
        $"The charge is not {expected}.");

    private Task UntilHeardAsync(Subscriber user) => SubscriptionsDesk.WaitForAsync(
        async () => (await desk.QueryAsync<long>(
            "select count(*) from local_broker.messages where path = 'business-events/subscriptions' and body like @like",
            new { like = $"%\"{user.Tenant}\"%" }))[0] == 0,
        "Subscriptions has not heard everything.");
}
