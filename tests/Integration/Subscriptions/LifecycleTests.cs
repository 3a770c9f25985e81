using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class LifecycleTests(SubscriptionsDesk desk)
{
    [Fact]
    public async Task A_free_subscription_is_active_at_once()
    {
        var user = await desk.WelcomeAsync();
        var id = (string)(await user.SubscribeAsync("free"))["id"]!;

        Assert.Equal("active", await user.StatusAsync(id));
        Assert.Equal(["create active"], await user.MovesAsync(id));
    }

    [Fact]
    public async Task Of_many_who_subscribe_at_once_one_wins_and_the_others_are_told()
    {
        var user = await desk.WelcomeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            _ => user.Client.PostAsJsonAsync("v1/subscriptions", new { tier = "pro", cycle = "monthly", currency = "USD" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        await user.WaitForInvoicesAsync(1);
    }

    [Fact]
    public async Task More_changes_at_once_than_there_are_connections_are_answered_one_by_one()
    {
        var user = await desk.WelcomeAsync();
        var id = Guid.Parse((string)(await user.SubscribeAsync("free"))["id"]!);
        var answers = await desk.WhileUncommittedAsync(
            "update subscription_management.subscriptions set updated_at = now() where id = @id", new { id },
            () => Task.WhenAll(Enumerable.Range(0, 40).Select(
                _ => user.Client.PostAsJsonAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" }))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(39, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Nobody_moves_the_subscription_of_another()
    {
        var user = await desk.WelcomeAsync();
        var id = (string)(await user.SubscribeAsync("free"))["id"]!;
        var other = await desk.JoinAsync(user.Tenant);
        var administrator = await desk.JoinAsync(user.Tenant, "subscriptions:write");

        await other.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" }, expected: 404);
        await administrator.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now", reason = "abuse" });
        var last = (await user.GetAsync($"v1/subscriptions/{id}/events"))["items"]!.AsArray()[^1]!;
        Assert.Equal(("cancel", $"user {administrator.User}", "abuse"), ((string?)last["type"], (string?)last["actor"], (string?)last["reason"]));
    }

    [Fact]
    public async Task An_unpaid_first_invoice_ends_it_after_a_day_and_is_cancelled()
    {
        var user = await desk.WelcomeAsync();
        var id = (string)(await user.SubscribeAsync("pro"))["id"]!;
        await user.WaitForInvoicesAsync(1);
        desk.Apps.Clock.Advance(TimeSpan.FromHours(24));
        await desk.RenewAsync();

        await user.WaitForStatusAsync(id, "expired");
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync()).SequenceEqual(["cancelled 29.99 29.99"]), "The invoice was not cancelled.");
    }

    [Fact]
    public async Task An_unpaid_first_invoice_is_cancelled_with_it_although_its_days_are_over()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await CreateTierAsync(user, "month", 31);
        var end = BusinessCalendar.MonthOf(desk.Now.AddDays(1)).End;
        desk.Apps.Clock.MoveTo(end.AddHours(-9));
        var id = (string)(await user.SubscribeAsync("month"))["id"]!;
        await user.WaitForInvoicesAsync(1);
        desk.Apps.Clock.MoveTo(end.AddHours(9));
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });

        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync()) is [var first] && first.StartsWith("cancelled", StringComparison.Ordinal),
            "A plan that never worked is still to be paid.");
    }

    [Fact]
    public async Task Money_that_comes_after_the_end_becomes_credit()
    {
        var user = await desk.WelcomeAsync();
        var subscription = await user.SubscribeAsync("pro");
        var id = Guid.Parse((string)subscription["id"]!);
        await user.WaitForInvoicesAsync(1);
        desk.Apps.Clock.Advance(TimeSpan.FromHours(24));
        await desk.RenewAsync();
        await user.WaitForStatusAsync($"{id}", "expired");
        var charge = (await desk.QueryAsync<Guid>(
            "select id from subscription_management.subscription_charges where subscription_id = @id", new { id }))[0];
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync()).SequenceEqual(["cancelled 29.99 29.99"]), "The invoice was not cancelled.");
        // At Billing it was paid just before it could be cancelled.
        await desk.ExecuteAsync(
            "update billing_management.invoices set status = 'paid', amount_paid = total_amount where tenant_id = @Tenant", new { user.Tenant });
        await desk.TellAsync(user.Tenant, new InvoicePaid(
            Guid.CreateVersion7(), "INV-LATE", user.User, id, Guid.CreateVersion7(), new Money(29.99m, Currency.Usd), desk.Now, charge));

        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() == 29.99m, "The money is not kept as credit.");
        Assert.Equal("expired", await user.StatusAsync($"{id}"));
    }

    [Fact]
    public async Task A_preview_says_to_the_cent_what_an_upgrade_bills()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        desk.Apps.Clock.Advance(TimeSpan.FromDays(11));
        var preview = await user.PostAsync("v1/subscriptions/preview", new { subscriptionId = id, tier = "enterprise" });
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });

        await user.WaitForInvoicesAsync(2);
        Assert.Equal($"pending {preview["net"]!["amount"]} {preview["total"]!["amount"]}", (await user.InvoicesAsync())[1]);
        var lines = preview["lines"]!.AsArray().Select(line => (decimal)line!["amount"]!["amount"]!).ToList();
        Assert.Equal((decimal)preview["net"]!["amount"]!, lines.Sum());
        Assert.True(lines[0] is < 0 and > -29.99m && lines[1] is > 0 and < 99.99m);
        Assert.Equal("enterprise", (string?)(await user.GetAsync($"v1/subscriptions/{id}"))["tier"]);
    }

    [Fact]
    public async Task Nothing_changes_while_the_running_period_is_unpaid()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "enterprise" });

        var refusal = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" }, expected: 409);
        Assert.Equal("PAYMENT_OPEN", (string?)refusal["code"]);
        await user.PayAllAsync(invoices: 2);
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });
        // There and back on the same day: all that was paid for the dearer tier is there again.
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() == 70m, "The credit is not what was paid.");
    }

    [Fact]
    public async Task A_downgrade_waits_for_the_end_of_the_period_and_can_be_taken_back()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("enterprise");
        Assert.NotNull((await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro" }))["nextTierId"]);
        await user.PostAsync($"v1/subscriptions/{id}/undo", new { });
        await user.PostAsync($"v1/subscriptions/{id}/undo", new { }, expected: 409);
        var scheduled = await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro" });
        Assert.Equal("enterprise", (string?)scheduled["tier"]);

        await EndPeriodAsync(scheduled);
        await user.WaitForInvoicesAsync(2);
        Assert.Equal("pending 29.99 29.99", (await user.InvoicesAsync())[1]);
        // Billing may be the first to know.
        await SubscriptionsDesk.WaitForAsync(
            async () => (string?)(await user.GetAsync($"v1/subscriptions/{id}"))["tier"] == "pro", "It was not renewed to the smaller tier.");
        // Twice as it was scheduled, and when it had happened.
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.ToldAsync(user.User, "SubscriptionChanged")).Count == 3, "It was not told that the smaller tier has begun.");
        var end = DateTimeOffset.Parse((string)scheduled["periodEnd"]!);
        Assert.All(
            await desk.ToldAsync(user.User, "SubscriptionChanged"),
            change => Assert.Equal(("enterprise", "pro", end), (
                (string?)change["fromTier"], (string?)change["toTier"], DateTimeOffset.Parse((string)change["effectiveAt"]!))));
    }

    [Fact]
    public async Task Resuming_keeps_what_was_to_happen_and_tells_it_anew()
    {
        var changes = await desk.WelcomeAsync();
        var id = (string)(await changes.SubscribeAsync("free"))["id"]!;
        await changes.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "periodEnd" });
        await changes.PostAsync($"v1/subscriptions/{id}/pause", new { });
        var resumed = await changes.PostAsync($"v1/subscriptions/{id}/resume", new { });
        var ends = await desk.WelcomeAsync();
        var other = (string)(await ends.SubscribeAsync("free"))["id"]!;
        await ends.PostAsync($"v1/subscriptions/{other}/cancel", new { });
        await ends.PostAsync($"v1/subscriptions/{other}/pause", new { });
        var ending = await ends.PostAsync($"v1/subscriptions/{other}/resume", new { });

        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.ToldAsync(changes.User, "SubscriptionChanged")).Count == 2
                && (await desk.ToldAsync(ends.User, "SubscriptionCancelled")).Count == 2,
            "What a pause had kept was not told anew.");
        Assert.Equal(
            ("pro", DateTimeOffset.Parse((string)resumed["periodStart"]!)),
            ((string?)resumed["tier"], DateTimeOffset.Parse((string)(await desk.ToldAsync(changes.User, "SubscriptionChanged"))[1]["effectiveAt"]!)));
        Assert.Equal(
            (true, DateTimeOffset.Parse((string)ending["periodEnd"]!)),
            ((bool)ending["cancelAtPeriodEnd"]!, DateTimeOffset.Parse((string)(await desk.ToldAsync(ends.User, "SubscriptionCancelled"))[1]["effectiveAt"]!)));
    }

    [Fact]
    public async Task Unused_money_pays_the_next_invoices()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("enterprise");
        await user.PostAsync($"v1/subscriptions/{id}/change", new { tier = "pro", when = "now" });
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() == 70m, "The credit is not kept.");

        await EndPeriodAsync(await user.GetAsync($"v1/subscriptions/{id}"));
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() == 40.01m, "The credit was not spent.");
        await SubscriptionsDesk.WaitForAsync(
            async () => (await user.InvoicesAsync()).SequenceEqual(["paid 99.99 99.99", "paid 0.00 0.00"]), "The renewal is not paid by credit.");
    }

    [Fact]
    public async Task Pausing_keeps_the_money_and_resuming_spends_it()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        Assert.Equal("paused", (string?)(await user.PostAsync($"v1/subscriptions/{id}/pause", new { }))["status"]);
        await SubscriptionsDesk.WaitForAsync(async () => await user.CreditAsync() is > 28 and < 29.99m, "Pausing kept nothing.");
        desk.Apps.Clock.Advance(TimeSpan.FromDays(40));
        await desk.RenewAsync();
        Assert.Equal("paused", await user.StatusAsync(id));
        const string mark = "update subscription_management.subscription_charges set status = @status where tenant_id = @Tenant and reason = 'first'";
        await desk.ExecuteAsync(mark, new { user.Tenant, status = "overdue" });
        Assert.Equal("PAYMENT_OPEN", (string?)(await user.PostAsync($"v1/subscriptions/{id}/resume", new { }, expected: 409))["code"]);
        await desk.ExecuteAsync(mark, new { user.Tenant, status = "paid" });

        await user.PostAsync($"v1/subscriptions/{id}/resume", new { });
        await user.WaitForInvoicesAsync(2);
        Assert.Equal(0, await user.CreditAsync());
        Assert.Equal("active", await user.StatusAsync(id));
    }

    [Fact]
    public async Task A_cancellation_takes_effect_when_the_period_ends_or_at_once_with_credit()
    {
        var later = await desk.WelcomeAsync();
        var id = await later.BuyAsync("pro");
        var cancelled = await later.PostAsync($"v1/subscriptions/{id}/cancel", new { });
        Assert.Equal(("active", true), ((string?)cancelled["status"], (bool)cancelled["cancelAtPeriodEnd"]!));

        var now = await desk.WelcomeAsync();
        var other = await now.BuyAsync("pro");
        Assert.Equal("cancelled", (string?)(await now.PostAsync($"v1/subscriptions/{other}/cancel", new { when = "now" }))["status"]);
        await SubscriptionsDesk.WaitForAsync(async () => await now.CreditAsync() is > 28 and < 29.99m, "Cancelling kept nothing.");
        await now.PostAsync($"v1/subscriptions/{other}/pause", new { }, expected: 409);

        await EndPeriodAsync(cancelled);
        await later.WaitForStatusAsync(id, "cancelled");
        Assert.Single(await later.InvoicesAsync());
    }

    [Fact]
    public async Task Without_renewal_it_expires()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        for (var time = 0; time < 3; time++)
            await user.PutAsync($"v1/subscriptions/{id}/auto-renew", new { enabled = false });
        Assert.Equal(["create pending", "activate active", "setautorenew active"], await user.MovesAsync(id));
        await EndPeriodAsync(await user.GetAsync($"v1/subscriptions/{id}"));

        await user.WaitForStatusAsync(id, "expired");
    }

    [Fact]
    public async Task An_overdue_invoice_suspends_and_its_payment_reinstates()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await EndPeriodAsync(await user.GetAsync($"v1/subscriptions/{id}"));
        await user.WaitForInvoicesAsync(2);
        await SubscriptionsDesk.WaitForAsync(async () => (await OpenChargesAsync(user)).Count == 1, "The renewal is not charged.");
        var charge = (await OpenChargesAsync(user)).Single();
        var invoice = (await desk.QueryAsync<Guid>("select id from billing_management.invoices where charge_id = @charge", new { charge })).Single();
        var overdue = new InvoiceOverdue(
            invoice, "INV-2", user.User, Guid.Parse(id), new Money(29.99m, Currency.Usd), 3, charge, Suspend: false);
        await desk.TellAsync(user.Tenant, overdue);
        await desk.TellAsync(user.Tenant, overdue with { Suspend = true });
        await user.WaitForStatusAsync(id, "suspended");

        await user.PayAllAsync(invoices: 2);
        await user.WaitForStatusAsync(id, "active");
        // A reminder that was overtaken by the payment suspends nobody.
        await desk.TellAsync(user.Tenant, overdue with { Suspend = true, DaysOverdue = 7 });
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>(
                "select count(*) from subscription_management.inbox where tenant_id = @Tenant and subject = 'InvoiceOverdue'", new { user.Tenant }))[0] == 3,
            "The reminder was not read.");
        Assert.Equal("active", await user.StatusAsync(id));
    }

    [Fact]
    public async Task Every_period_that_has_passed_is_billed_once_however_often_the_timer_runs()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        desk.Apps.Clock.Advance(TimeSpan.FromDays(93));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.RenewAsync()));

        await user.WaitForInvoicesAsync(4);
        await SubscriptionsDesk.WaitForAsync(async () => (await user.MovesAsync(id)).Count >= 5, "Not every period was begun.");
        Assert.Equal(["create pending", "activate active", "renew active", "renew active", "renew active"], await user.MovesAsync(id));
        var page = await user.GetAsync($"v1/subscriptions/{id}/events?limit=4");
        var last = await user.GetAsync($"v1/subscriptions/{id}/events?limit=4&cursor={page["next"]}");
        Assert.Equal((4, 1, null), (page["items"]!.AsArray().Count, last["items"]!.AsArray().Count, (string?)last["next"]));
    }

    [Fact]
    public async Task Cancelling_and_renewing_at_the_same_moment_leave_one_of_the_two()
    {
        for (var round = 0; round < 3; round++)
        {
            var user = await desk.WelcomeAsync();
            var id = await user.BuyAsync("pro");
            var end = DateTimeOffset.Parse((string)(await user.GetAsync($"v1/subscriptions/{id}"))["periodEnd"]!);
            desk.Apps.Clock.MoveTo(end);
            var cancelling = user.Client.PostAsJsonAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
            await desk.RenewAsync();
            using var answer = await cancelling;
            await user.WaitForStatusAsync(id, "cancelled");

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // Renewed first: the new period's invoice is withdrawn, and its first day is not owed. Cancelled first: there is none.
            await SubscriptionsDesk.WaitForAsync(
                async () => (await user.InvoicesAsync()).Skip(1).All(invoice => invoice.StartsWith("cancelled", StringComparison.Ordinal)),
                "An invoice is open for a subscription that has ended.");
            Assert.Equal(0, await user.CreditAsync());
        }
    }

    [Fact]
    public async Task A_move_that_waits_for_another_to_another_tier_is_made_from_there()
    {
        var user = await desk.WelcomeAsync();
        var id = Guid.Parse((string)(await user.SubscribeAsync("pro"))["id"]!);
        var cancelled = await desk.WhileUncommittedAsync(
            """
            update subscription_management.subscriptions
            set tier_id = (select id from subscription_management.subscription_tiers where tenant_id = '*' and code = 'enterprise' and billing_cycle = 'monthly')
            where id = @id
            """,
            new { id },
            () => user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" }));

        Assert.Equal(("cancelled", "enterprise"), ((string?)cancelled["status"], (string?)cancelled["tier"]));
    }

    [Fact]
    public async Task A_trial_works_at_once_and_is_paid_for_when_it_ends()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await CreateTierAsync(user, "starter", 30, trialDays: 14);
        var trial = await user.SubscribeAsync("starter");
        var id = (string)trial["id"]!;
        Assert.Equal("trialing", (string?)trial["status"]);
        Assert.Empty(await user.InvoicesAsync());

        await EndPeriodAsync(trial);
        await user.WaitForInvoicesAsync(1);
        var renewed = await user.GetAsync($"v1/subscriptions/{id}");
        Assert.Equal(("active", 1), ((string?)renewed["status"], DateTimeOffset.Parse((string)renewed["periodEnd"]!).Day));

        // Only what is paid for is a trial that was won.
        Assert.Equal(0, await ConvertedAsync(user));
        await user.PayAllAsync(invoices: 1);
        Assert.Equal(1, await ConvertedAsync(user));

        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        Assert.Equal("pending", (string?)(await user.SubscribeAsync("starter"))["status"]);
    }

    [Fact]
    public async Task A_running_period_keeps_its_price_and_the_next_takes_the_new_one()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await CreateTierAsync(user, "basic", 10, billing: "anniversary");
        var id = await user.BuyAsync("basic");
        var version = await user.PutAsync("v1/tiers/basic/monthly", TierOf(12, "anniversary"));
        Assert.Equal(2, (int)version["version"]!);
        var running = await user.GetAsync($"v1/subscriptions/{id}");
        Assert.Equal(10m, (decimal)running["price"]!["amount"]!);
        await user.PostAsync("v1/tiers/basic/monthly/retire", new { }, expected: 204);
        // Those who have it get the new version; it goes on sale again only where that is asked for.
        await user.PutAsync("v1/tiers/basic/monthly", TierOf(12, "anniversary"));
        await (await desk.JoinAsync(user.Tenant)).PostAsync("v1/subscriptions", new { tier = "basic", currency = "USD" }, expected: 422);
        // The timer tells Billing; what a run bills at the old price in that minute is made anew.
        await desk.RenewAsync();
        await WaitForAgreementAsync(user, 12);

        await EndPeriodAsync(running);
        await user.WaitForInvoicesAsync(2);
        Assert.Equal("pending 12.00 12.00", (await user.InvoicesAsync())[1]);
    }

    [Fact]
    public async Task A_renewal_that_is_paid_before_our_own_timer_ran_begins_first_and_is_settled()
    {
        var user = await desk.WelcomeAsync();
        var id = Guid.Parse(await user.BuyAsync("pro"));
        var end = DateTimeOffset.Parse((string)(await user.GetAsync($"v1/subscriptions/{id}"))["periodEnd"]!);
        var charge = RenewalCharge.IdOf(id, end);
        // The clock of Billing is ahead of ours, whose timer cannot have run.
        await desk.TellAsync(user.Tenant, new InvoicePaid(
            Guid.CreateVersion7(), "INV-EARLY", user.User, id, Guid.CreateVersion7(), new Money(29.99m, Currency.Usd), end.AddSeconds(1), charge));

        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<string>(
                "select status from subscription_management.subscription_charges where id = @charge", new { charge })).SequenceEqual(["paid"]),
            "The charge of the renewal is not paid.");
        Assert.Equal(["create pending", "activate active", "renew active"], await user.MovesAsync($"{id}"));
    }

    [Fact]
    public async Task Terms_that_were_never_told_are_told_by_the_timer_and_again_when_the_price_changes()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await CreateTierAsync(user, "basic", 10, billing: "anniversary");
        var id = await user.BuyAsync("basic");
        await WaitForAgreementAsync(user, 10);
        // As what ran before Billing kept agreements: it knows nothing of it.
        await desk.ExecuteAsync(
            """
            delete from billing_management.billing_agreements where tenant_id = @Tenant;
            update subscription_management.subscriptions set terms_told = false, terms_version = 0 where tenant_id = @Tenant
            """,
            new { user.Tenant });
        await desk.RenewAsync();
        await WaitForAgreementAsync(user, 10);

        await user.PutAsync("v1/tiers/basic/monthly", TierOf(12, "anniversary"));
        await desk.RenewAsync();
        await WaitForAgreementAsync(user, 12);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { });
        await WaitForAgreementAsync(user, price: null);
    }

    [Fact]
    public async Task A_calendar_tier_is_prorated_to_the_first()
    {
        var user = await desk.WelcomeAsync("tiers:write");
        await CreateTierAsync(user, "month", 31);
        var now = desk.Now;
        var subscription = await user.SubscribeAsync("month");
        var days = DateTime.DaysInMonth(now.Year, now.Month);
        var net = decimal.Round(31m * (days - now.Day + 1) / days, 2, MidpointRounding.AwayFromZero);

        await user.WaitForInvoicesAsync(1);
        Assert.StartsWith(FormattableString.Invariant($"pending {net:0.00} "), (await user.InvoicesAsync())[0]);
        var end = DateTimeOffset.Parse((string)subscription["periodEnd"]!);
        Assert.Equal((1, TimeSpan.Zero), (end.Day, end.TimeOfDay));
    }

    [Fact]
    public async Task An_account_that_is_deleted_takes_its_subscription_along()
    {
        var user = await desk.WelcomeAsync();
        var id = await user.BuyAsync("pro");
        await desk.TellAsync(user.Tenant, new UserDeleted(user.User));

        await user.WaitForStatusAsync(id, "cancelled");
    }

    private async Task<long> ConvertedAsync(Subscriber user) => (await desk.QueryAsync<long>(
        "select coalesce(sum(converted), 0) from subscription_management.subscription_deltas where tenant_id = @Tenant", new { user.Tenant }))[0];

    // What Billing is to bill next; null when nothing follows.
    private Task WaitForAgreementAsync(Subscriber user, decimal? price) => SubscriptionsDesk.WaitForAsync(
        async () => (await desk.QueryAsync<decimal?>(
            """
            select case when next_billing_at is not null then price end from billing_management.billing_agreements where tenant_id = @Tenant
            """,
            new { user.Tenant })).SequenceEqual([price]),
        $"Billing does not know that {price} is to be billed next.");

    private Task<IReadOnlyList<Guid>> OpenChargesAsync(Subscriber user) => desk.QueryAsync<Guid>(
        "select id from subscription_management.subscription_charges where tenant_id = @Tenant and status = 'open'", new { user.Tenant });

    private async Task EndPeriodAsync(JsonNode subscription)
    {
        var end = DateTimeOffset.Parse((string)subscription["periodEnd"]!);
        if (desk.Now < end)
            desk.Apps.Clock.MoveTo(end);
        await desk.RenewAsync();
    }

    private static Task CreateTierAsync(Subscriber user, string code, decimal price, string billing = "calendar", int trialDays = 0) =>
        user.PostAsync($"v1/tiers/{code}/monthly", TierOf(price, billing, trialDays), expected: 201);

    private static object TierOf(decimal price, string billing, int trialDays = 0) => new
    {
        name = "Of our own",
        billing,
        trialDays,
        prices = new Dictionary<string, decimal> { ["USD"] = price },
        features = new[] { "analytics" },
        limits = new { apiCallsPerDay = 10 },
    };
}
