using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CyclesCollection>]
public sealed class CouponTests(CyclesDesk desk)
{
    [Fact]
    public async Task Of_many_who_redeem_at_once_exactly_as_many_succeed_as_may()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "FIRST25", percent = 10, maxRedemptions = 25 }, expected: 201);
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => administrator.Client.PostAsJsonAsync(
            "v1/coupon-redemptions", new { code = "FIRST25", userId = Guid.CreateVersion7() })));

        Assert.Equal(25, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(35, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(25, (int)(await administrator.GetAsync("v1/coupons"))["items"]![0]!["redemptions"]!);
    }

    [Fact]
    public async Task A_user_redeems_a_coupon_once_and_a_refused_attempt_counts_for_nothing()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "TWICE", percent = 10, maxRedemptions = 2 }, expected: 201);
        var user = await desk.SignInAsync(tenant);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.Client.PostAsJsonAsync("v1/coupon-redemptions", new { code = "TWICE" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        await user.PostAsync("v1/coupon-redemptions", new { code = "TWICE", userId = Guid.CreateVersion7() }, expected: 403);
        await (await desk.SignInAsync(tenant)).PostAsync("v1/coupon-redemptions", new { code = "TWICE" });
        Assert.Equal(
            "COUPON_EXHAUSTED",
            (string?)(await (await desk.SignInAsync(tenant)).PostAsync("v1/coupon-redemptions", new { code = "TWICE" }, expected: 409))["code"]);
    }

    [Fact]
    public async Task A_coupon_that_is_taken_back_expired_or_unknown_is_not_redeemed()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var coupon = await administrator.PostAsync("v1/coupons", new { code = "GONE", amount = 5, currency = "USD" }, expected: 201);
        await administrator.PostAsync("v1/coupons", new { code = "GONE", percent = 5 }, expected: 409);
        await administrator.PostAsync($"v1/coupons/{coupon["id"]}/deactivate", new { });
        await administrator.PostAsync("v1/coupons", new { code = "OVER", percent = 5, redeemBy = desk.Now.AddMinutes(-1) }, expected: 201);
        var user = await desk.SignInAsync(tenant);

        await user.PostAsync("v1/coupon-redemptions", new { code = "GONE" }, expected: 404);
        await user.PostAsync("v1/coupon-redemptions", new { code = "NEVER" }, expected: 404);
        Assert.Equal("COUPON_EXPIRED", (string?)(await user.PostAsync("v1/coupon-redemptions", new { code = "OVER" }, expected: 409))["code"]);
    }

    [Fact]
    public async Task Each_lasts_as_long_as_it_says_and_for_what_it_says()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "ONCE", amount = 10_000, currency = "IDR" }, expected: 201);
        await administrator.PostAsync("v1/coupons", new { code = "TWO", percent = 50, duration = "repeating", invoices = 2 }, expected: 201);
        await administrator.PostAsync("v1/coupons", new { code = "EVER", percent = 10, duration = "forever" }, expected: 201);
        await administrator.PostAsync("v1/coupons", new { code = "OTHER", percent = 90, tiers = new[] { "enterprise" } }, expected: 201);
        await administrator.PostAsync("v1/coupons", new { code = "DOLLARS", percent = 90, currency = "USD" }, expected: 201);
        var (subscription, user) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var code in new[] { "ONCE", "TWO", "EVER", "OTHER", "DOLLARS" })
            await administrator.PostAsync("v1/coupon-redemptions", new { code, userId = user, subscriptionId = subscription });
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(subscription, user, desk.Now.AddDays(-95)));
        await desk.RunAsync(tenant);

        // 100,000 less 10,000, half and a tenth; then less half and a tenth; then less a tenth.
        Assert.Equal(["40500.00", "45000.00", "90000.00", "90000.00"], await desk.QueryAsync<string>(
            "select amount::text from billing_management.invoices where tenant_id = @tenant order by invoice_number", new { tenant }));
        await desk.AssertBooksAsync(tenant);

        // One that is owed no more gives back what it had used.
        var first = (await desk.QueryAsync<Guid>(
            "select id from billing_management.invoices where tenant_id = @tenant order by invoice_number limit 1", new { tenant }))[0];
        await administrator.PostAsync($"v1/invoices/{first}/cancel", new { reason = "a mistake" });
        Assert.Equal(["ONCE 1", "TWO 1"], await desk.QueryAsync<string>(
            """
            select c.code || ' ' || r.invoices_left from billing_management.coupon_redemptions r
            join billing_management.coupons c on c.tenant_id = r.tenant_id and c.id = r.coupon_id
            where r.tenant_id = @tenant and r.invoices_left > 0 and c.code in ('ONCE', 'TWO') order by 1
            """,
            new { tenant }));
        // Three, two, one and one were used.
        Assert.Equal(
            [.. Enumerable.Repeat("coupon_used", 7), "coupon_given_back"],
            (await desk.HistoryAsync(tenant, "coupon_%")).Where(type => type != "coupon_redeemed"));
    }

    [Fact]
    public async Task Of_invoices_finalised_at_once_one_uses_a_coupon_that_is_good_for_one_and_all_are_issued()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "ONLY1", amount = 1_000, currency = "IDR" }, expected: 201);
        var user = Guid.CreateVersion7();
        await administrator.PostAsync("v1/coupon-redemptions", new { code = "ONLY1", userId = user });
        var drafts = new List<string>();
        for (var draft = 0; draft < 12; draft++)
        {
            var made = await administrator.PostAsync(
                "v1/invoices", new { userId = user, currency = "IDR", lines = new[] { new { description = "work", unitPrice = 10_000 } } }, expected: 201);
            drafts.Add((string)made["id"]!);
        }

        var issued = await Task.WhenAll(drafts.Select(draft => administrator.PostAsync($"v1/invoices/{draft}/finalise", new { })));
        Assert.Equal(1_000, issued.Sum(invoice => (decimal)invoice["discount"]!["amount"]!));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task What_a_coupon_had_made_cheaper_is_given_back_by_what_was_paid()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "HALF", percent = 50 }, expected: 201);
        var (subscription, user, charge) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await administrator.PostAsync("v1/coupon-redemptions", new { code = "HALF", userId = user });
        var (start, end) = (desk.Now, desk.Now.AddMonths(1));
        await desk.TellAsync(tenant, new SubscriptionCreated(subscription, user, "pro", "Pro", "monthly", Idr(100_000), start, end, charge));
        await desk.WaitUntilQuietAsync(tenant);
        Assert.Equal(["0001 pending 55500.00 IDR"], await desk.InvoicesAsync(tenant));

        var invoice = (await desk.QueryAsync<Guid>("select id from billing_management.invoices where tenant_id = @tenant", new { tenant }))[0];
        await desk.TellAsync(tenant, new PaymentSucceeded(Guid.CreateVersion7(), invoice, user, subscription, Idr(55_500), "gopay", desk.Now));
        await desk.WaitUntilQuietAsync(tenant);
        await desk.TellAsync(tenant, new SubscriptionChargeDue(
            Guid.CreateVersion7(), subscription, user, "cancel", start, end, [new ChargeLine("Unused", 1, Idr(-60_000), Idr(-60_000))], charge));
        await desk.WaitUntilQuietAsync(tenant);
        Assert.Equal([30_000m], await desk.QueryAsync<decimal>(
            "select balance from billing_management.credit_balances where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task Days_of_a_renewal_that_is_cancelled_unpaid_cost_what_they_would_have_with_its_coupon_and_credit()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAsync(tenant, user: null, "invoices:*", "credits:write");
        await administrator.PostAsync("v1/coupons", new { code = "HALF", percent = 50, tiers = new[] { "pro" } }, expected: 201);
        var (subscription, user) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await administrator.PostAsync("v1/coupon-redemptions", new { code = "HALF", userId = user });
        await administrator.PostAsync("v1/credit-adjustments", new { userId = user, amount = Idr(20_000), reason = "gift" });
        var terms = CyclesDesk.Terms(subscription, user, desk.Now.AddDays(-10));
        await desk.AgreeAsync(tenant, terms);
        await desk.RunAsync(tenant);
        Assert.Equal(["0001 pending 33300.00 IDR"], await desk.InvoicesAsync(tenant));

        // Of the two the bill of its days comes first, and then the end.
        var (start, charge) = (terms.NextBillingAt!.Value, RenewalCharge.IdOf(subscription, terms.NextBillingAt.Value));
        await desk.TellAsync(tenant, new SubscriptionChargeDue(
            Guid.CreateVersion7(), subscription, user, "cancel", start, desk.Now, [new ChargeLine("Days", 1, Idr(30_000), Idr(30_000))],
            ReplacedChargeId: charge));
        await desk.WaitUntilQuietAsync(tenant);
        await desk.TellAsync(tenant, new SubscriptionCancelled(subscription, user, desk.Now, charge));
        await desk.WaitUntilQuietAsync(tenant);

        Assert.Equal(["0001 cancelled 33300.00 IDR", "0002 paid 0.00 IDR"], await desk.InvoicesAsync(tenant));
        Assert.Equal([5_000m], await desk.QueryAsync<decimal>(
            "select balance from billing_management.credit_balances where tenant_id = @tenant", new { tenant }));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task What_is_given_back_of_a_charge_that_is_not_known_yet_waits_until_it_is()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "FREE", percent = 100 }, expected: 201);
        var (subscription, user, charge) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await administrator.PostAsync("v1/coupon-redemptions", new { code = "FREE", userId = user });
        await desk.TellAsync(tenant, new SubscriptionChargeDue(
            Guid.CreateVersion7(), subscription, user, "cancel", desk.Now, desk.Now.AddMonths(1), [new ChargeLine("Unused", 1, Idr(-60_000), Idr(-60_000))],
            charge));
        await CyclesDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>(
                "select count(*) from billing_management.inbox where tenant_id = @tenant and subject = 'SubscriptionChargeDue'", new { tenant }))[0] > 0,
            "What is given back was not heard of.");
        await desk.TellAsync(tenant, new SubscriptionCreated(
            subscription, user, "pro", "Pro", "monthly", Idr(100_000), desk.Now, desk.Now.AddMonths(1), charge));
        await desk.WaitUntilQuietAsync(tenant);

        // Nothing was paid for it, so nothing comes back.
        Assert.Equal([0m], await desk.QueryAsync<decimal>(
            "select amount from billing_management.charge_credits where tenant_id = @tenant", new { tenant }));
        Assert.Empty(await desk.QueryAsync<decimal>("select balance from billing_management.credit_balances where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task A_coupon_on_an_invoice_that_a_note_takes_back_whole_is_good_for_the_next()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync("v1/coupons", new { code = "HALF", percent = 50 }, expected: 201);
        var user = Guid.CreateVersion7();
        await administrator.PostAsync("v1/coupon-redemptions", new { code = "HALF", userId = user });
        var totals = new List<decimal>();
        for (var round = 0; round < 2; round++)
        {
            var draft = await administrator.PostAsync(
                "v1/invoices", new { userId = user, currency = "IDR", lines = new[] { new { description = "work", unitPrice = 100_000 } } }, expected: 201);
            totals.Add((decimal)(await administrator.PostAsync($"v1/invoices/{draft["id"]}/finalise", new { }))["total"]!["amount"]!);
            if (round == 0)
                await administrator.PostAsync($"v1/invoices/{draft["id"]}/credit-notes", new { reason = "mistake" }, expected: 201);
        }

        Assert.Equal([55_500m, 55_500m], totals);
    }

    [Fact]
    public async Task Credit_pays_renewals_in_bulk_and_what_is_paid_by_it_is_told()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.AgreeAsync(tenant, count: 300, desk.Now.AddHours(-1));
        await desk.ExecuteAsync(
            """
            insert into billing_management.credit_balances (tenant_id, user_id, currency, balance, updated_at)
            select tenant_id, user_id, 'IDR', case when n % 3 = 0 then 250000 else 40000 end, now()
            from (select *, row_number() over (order by subscription_id) as n from billing_management.billing_agreements where tenant_id = @tenant) as a
            where n % 3 < 2
            """,
            new { tenant });
        await desk.RunAsync(tenant);

        Assert.Equal(["100 paid 0.00", "100 pending 66600.00", "100 pending 111000.00"], await desk.QueryAsync<string>(
            """
            select concat_ws(' ', count(*), status, total_amount) from billing_management.invoices where tenant_id = @tenant
            group by status, total_amount order by total_amount
            """,
            new { tenant }));
        Assert.Equal([(100, 150_000m), (100, 0m)], await desk.QueryAsync<(int, decimal)>(
            """
            select count(*)::int, balance from billing_management.credit_balances where tenant_id = @tenant group by balance order by balance desc
            """,
            new { tenant }));
        await desk.AssertBooksAsync(tenant);
    }

    private static Money Idr(decimal amount) => new(amount, Currency.Idr);
}
