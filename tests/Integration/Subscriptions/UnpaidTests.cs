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
        var (payment, invoice, amount) = (await desk.QueryAsync<(Guid, Guid, decimal)>(
            "select payment_id, invoice_id, amount from billing_management.payments_received where tenant_id = @Tenant", new { user.Tenant })).Single();
        await desk.TellAsync(user.Tenant, new PaymentReversed(payment, invoice, user.User, new Money(amount, Currency.Usd), "charged back"));
        await WaitForChargeAsync(user, "open 1");
        var refused = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" }, expected: 409);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(7 + 14));
        await desk.RunTimerAsync("RunDunning", FunctionApp.Billing);
        await user.WaitForStatusAsync(id, "suspended");
        await user.PayAllAsync(invoices: 1);
        await user.WaitForStatusAsync(id, "active");

        Assert.Equal("PAYMENT_OPEN", (string?)refused["code"]);
        await WaitForChargeAsync(user, "paid 1");
        // Earned, taken back, and earned again.
        Assert.Equal([29.99m], await desk.QueryAsync<decimal>(
            "select sum(revenue_usd) from subscription_management.subscription_deltas where tenant_id = @Tenant", new { user.Tenant }));
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
    }

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
