using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

/// <summary>What becomes of money when a plan changes and then is not kept.</summary>
[Collection<SubscriptionsCollection>]
public sealed class PlanMoneyTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task An_upgrade_that_was_never_paid_and_is_cancelled_gives_back_what_was_paid_before_it()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        // Of 29.99 the one day of the dearer tier is kept: 99.99 by the days of the month.
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() is > 26.4m and < 26.9m, "What was paid is lost.");
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync())[1].StartsWith("cancelled", StringComparison.Ordinal), "The upgrade is still to be paid.");
    }

    [Fact]
    public async Task Days_of_an_upgrade_from_nothing_are_owed_although_it_is_cancelled_before_it_was_paid()
    {
        var user = await desk.WelcomeAsync();
        var id = (string)(await user.SubscribeAsync("free"))["id"]!;
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(1);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        await SubscriptionsDesk.WaitForAsync(
            async () => await user.InvoicesAsync() is [var withdrawn, var owed] && withdrawn.StartsWith("cancelled", StringComparison.Ordinal)
                && owed.StartsWith("pending 3.", StringComparison.Ordinal),
            "The day that was used is not billed.");
        Assert.Equal(0, await user.CreditAsync());
    }

    [Fact]
    public async Task Days_of_a_renewal_are_owed_although_it_is_cancelled_before_it_was_paid()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        var renewal = (string)(await user.GetAsync($"v1/subscriptions/{id}"))["periodEnd"]!;
        desk.Apps.Clock.MoveTo(DateTimeOffset.Parse(renewal));
        // Billing may be first: then the period has been billed and has not begun.
        await SubscriptionsDesk.WaitForAsync(
            async () =>
            {
                await desk.RenewAsync();
                return (string)(await user.GetAsync($"v1/subscriptions/{id}"))["periodStart"]! == renewal;
            },
            "The period does not begin.");
        await user.WaitForInvoicesAsync(2);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(2));
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        // Three days of 28 to 31.
        await SubscriptionsDesk.WaitForAsync(
            async () => await user.InvoicesAsync() is [_, var withdrawn, var owed] && withdrawn.StartsWith("cancelled", StringComparison.Ordinal)
                && owed is ['p', ..] && decimal.Parse(owed.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) is >= 2.90m and <= 3.22m,
            "The days that were used are not billed, or more than they.");
    }

    [Fact]
    public async Task Money_for_an_upgrade_that_was_cancelled_meanwhile_is_given_back_once()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() > 0, "What was paid is lost.");
        var before = await user.CreditAsync();
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            "select id, charge_id from billing_management.invoices where tenant_id = @Tenant and total_amount = 70", new { user.Tenant })).Single();
        // At Billing it was paid just before it could be cancelled.
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync())[1].StartsWith("cancelled", StringComparison.Ordinal), "The upgrade is still to be paid.");
        await desk.ExecuteAsync(
            "update billing_management.invoices set status = 'paid', amount_paid = total_amount where id = @invoice", new { invoice });
        await desk.TellAsync(user.Tenant, new InvoicePaid(
            invoice, "INV-LATE", user.User, Guid.Parse(id), Guid.CreateVersion7(), new(70m, Shared.Finance.Currency.Usd), desk.Now, charge));

        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() == before + 70m, "The late money is not kept, or more than it.");
    }

    [Fact]
    public async Task An_upgrade_in_rupiah_that_is_taken_back_leaves_what_the_plan_before_it_brought_in()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro", currency: "IDR");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.PayAllAsync(invoices: 2);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });

        Assert.Equal([29.99m], await desk.QueryAsync<decimal>(
            "select sum(revenue_usd) from subscription_management.subscription_deltas where tenant_id = @Tenant", new { user.Tenant }));
    }

    [Fact]
    public async Task When_the_invoice_of_an_upgrade_is_cancelled_what_was_paid_before_it_can_still_be_given_back()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        var (invoice, charge) = (await desk.QueryAsync<(Guid, Guid)>(
            "select id, charge_id from billing_management.invoices where tenant_id = @Tenant and status = 'pending'", new { user.Tenant })).Single();
        await desk.ExecuteAsync("update billing_management.invoices set status = 'cancelled' where id = @invoice", new { invoice });
        await desk.TellAsync(user.Tenant, new InvoiceCancelled(invoice, "INV-2", user.User, Guid.Parse(id), "goodwill", charge));
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<decimal>(
                "select credited from subscription_management.subscription_charges where tenant_id = @Tenant and reason = 'first'", new { user.Tenant }))[0] == 0,
            "What the upgrade took back is not given back.");

        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() is > 28 and < 29.99m, "Cancelling kept nothing.");
    }

    [Fact]
    public async Task A_preview_of_a_trial_bills_nothing_and_a_later_version_costs_what_the_renewal_will()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await user.PostAsync("v1/tiers/starter/monthly", TierOf(30, trialDays: 14), expected: 201);
        var trial = await user.PostAsync("v1/subscriptions/preview", new { tier = "starter", currency = "USD" });
        Assert.Equal((0m, 0), ((decimal)trial["total"]!["amount"]!, trial["lines"]!.AsArray().Count));
        var subscription = await user.SubscribeAsync("starter");
        Assert.Equal((string?)trial["periodEnd"], (string?)subscription["periodEnd"], TimesWithinAMinute);
        var paid = await user.PostAsync("v1/subscriptions/preview", new { tier = "starter", currency = "USD", trial = false });
        Assert.NotEqual(0m, (decimal)paid["total"]!["amount"]!);

        var other = await desk.JoinAsync(user.Tenant);
        var id = await other.BuyAsync("enterprise");
        await user.PostAsync("v1/tiers/small/monthly", TierOf(10), expected: 201);
        await user.PutAsync("v1/tiers/small/monthly", TierOf(12, from: desk.Now.AddDays(5)));
        var preview = await other.PostAsync("v1/subscriptions/preview", new { subscriptionId = id, tier = "small", when = "periodEnd" });
        Assert.Equal(12m, (decimal)preview["net"]!["amount"]!);
    }

    [Fact]
    public async Task A_preview_knows_of_coupons_what_the_invoices_will()
    {
        var user = await desk.WelcomeAsync();
        await desk.ExecuteAsync(
            """
            with coupon as (
                insert into billing_management.coupons (tenant_id, id, code, percent, duration, invoices, created_at)
                values (@Tenant, gen_random_uuid(), 'HALF', 50, 'repeating', 2, now())
                returning id
            )
            insert into billing_management.coupon_redemptions (tenant_id, id, coupon_id, user_id, invoices_left, redeemed_at)
            select @Tenant, gen_random_uuid(), id, @User, 2, now() from coupon
            """,
            new { user.Tenant, user.User });
        var first = await user.PostAsync("v1/subscriptions/preview", new { tier = "pro", currency = "USD" });
        var id = await user.BuyAsync("pro");
        Assert.Equal([$"paid {Amount(first, "total")} {Amount(first, "total")}"], await user.InvoicesAsync());
        Assert.Equal((29.99m, 15.00m), ((decimal)first["net"]!["amount"]!, (decimal)first["discount"]!["amount"]!));

        // Half of it was paid, so half of a day's share is given back; what a change charges takes no coupon.
        var change = await user.PostAsync("v1/subscriptions/preview", new { subscriptionId = id, tier = "enterprise" });
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });
        await user.WaitForInvoicesAsync(2);
        Assert.Equal($"pending {Amount(change, "total")} {Amount(change, "total")}", (await user.InvoicesAsync())[1]);
        Assert.Equal(99.99m - 14.99m, (decimal)change["total"]!["amount"]!);
    }

    private static string Amount(JsonNode preview, string what) =>
        ((decimal)preview[what]!["amount"]!).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    private static bool TimesWithinAMinute(string? one, string? other) =>
        (DateTimeOffset.Parse(one!) - DateTimeOffset.Parse(other!)).Duration() < TimeSpan.FromMinutes(1);

    private static JsonNode TierOf(decimal price, int trialDays = 0, DateTimeOffset? from = null)
    {
        var tier = new JsonObject
        {
            ["name"] = "Of our own",
            ["billing"] = "anniversary",
            ["trialDays"] = trialDays,
            ["prices"] = new JsonObject { ["USD"] = price },
            ["features"] = new JsonArray("analytics"),
            ["limits"] = new JsonObject { ["apiCallsPerDay"] = 10 },
        };
        if (from is { } moment)
            tier["effectiveFrom"] = moment;
        return tier;
    }
}
