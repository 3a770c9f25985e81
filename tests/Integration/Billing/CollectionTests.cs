using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CollectionCollection>]
public sealed class CollectionTests(CollectionDesk desk)
{
    [Fact]
    public async Task A_due_invoice_is_charged_to_the_saved_method_once()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        await CollectAsync(payer);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => desk.RunTimerAsync("CollectInvoices")));
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 111000 0 0", "It was not paid.");
        await desk.RunTimerAsync("CollectInvoices");

        Assert.Equal(["success"], await ChargesAsync(invoice));
        Assert.Equal(0, await WaitingAsync(payer));
    }

    [Fact]
    public async Task A_renewal_is_billed_and_charged_to_the_saved_method_without_anybody()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var (subscription, start) = (Guid.CreateVersion7(), desk.Now.AddDays(-1));
        await payer.TellAsync(new SubscriptionTermsChanged(
            subscription, payer.User, Version: 1, "pro", "Pro", "monthly", Payer.Idr(100_000), start.UtcDateTime.Day, start.AddMonths(-1), start, start));
        await desk.RunTimerAsync("RunDailyBilling");
        await CollectionDesk.WaitForAsync(async () => (await RenewalsAsync(subscription)).Count == 1, "The renewal was not billed.");
        await desk.RunTimerAsync("CollectInvoices");

        var invoice = (await RenewalsAsync(subscription)).Single();
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 111000 0 0", "It was not paid.");
        Assert.Equal(["success"], await ChargesAsync(invoice));
    }

    [Fact]
    public async Task Only_what_is_still_due_is_charged()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        await payer.PayAsync(invoice, 11_000);
        await CollectAsync(payer);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 111000 0 0", "It was not paid.");

        Assert.Equal(100_000, (await desk.QueryAsync<decimal>(
            "select invoice_amount from payment_management.payment_transactions where invoice_id = @invoice", new { invoice })).Single());
    }

    [Fact]
    public async Task Credit_that_came_after_the_issue_is_spent_before_the_saved_method_is_charged()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoices = new[] { await payer.OweAsync(40_000), await payer.OweAsync(100_000) };
        await payer.GiveAsync(60_000);
        foreach (var (invoice, end) in invoices.Zip(["paid 0 44400 0", "paid 88800 22200 0"]))
        {
            await desk.ExecuteAsync("update billing_management.invoices set collect_at = @Now where id = @invoice", new { desk.Now, invoice });
            await desk.RunTimerAsync("CollectInvoices");
            await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == end, "It was not paid.");
        }

        Assert.Empty(await ChargesAsync(invoices[0]));
        Assert.Equal(["success"], await ChargesAsync(invoices[1]));
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task Whoever_keeps_no_method_is_left_to_the_dunning()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await CollectAsync(payer);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => await WaitingAsync(payer) == 0, "It was not tried.");

        Assert.Equal(["invoice_issued", "collection_refused"], await payer.HistoryAsync(invoice));
        Assert.Equal(0, await WaitingAsync(payer));
        Assert.Empty(await ChargesAsync(invoice));
    }

    [Fact]
    public async Task A_card_that_cannot_be_charged_is_told_once_and_tried_again_when_the_dunning_says_so()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        // A token that is another user's opens nothing.
        var other = await desk.JoinAsync(payer.Tenant);
        await other.KeepCardAsync();
        await desk.ExecuteAsync(
            """
            update payment_management.user_payment_methods set encrypted_data = (
                select encrypted_data from payment_management.user_payment_methods where user_id = @Other)
            where user_id = @User
            """,
            new { Other = other.User, payer.User });
        await CollectAsync(payer);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => (await payer.HistoryAsync(invoice)).Contains("payment_failed"), "The failure was not noted.");
        await CollectionDesk.WaitForAsync(async () => await WaitingAsync(payer) == 0, "It waits for another try.");

        Assert.Equal(["failed"], await ChargesAsync(invoice));
        Assert.Equal("pending 0 0 111000", await payer.StateAsync(invoice));
    }

    [Fact]
    public async Task Whoever_is_paying_in_another_way_is_not_charged_besides()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bca" });
        await CollectAsync(payer);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => await NextTryAsync(invoice) > desk.Now.AddHours(23), "It was not put off.");

        Assert.Equal(["pending"], await ChargesAsync(invoice));
    }

    // Billing dies while the bank works on the charge; its end takes the answer along.
    [Fact]
    public async Task A_crash_between_the_claim_and_the_answer_charges_nobody_twice()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        await desk.ControlAsync("next-charge", new { mode = "slow", delayMs = 1500 });
        await CollectAsync(payer);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => (await ChargesAsync(invoice)).Count == 1, "Payments was not asked.");
        await desk.KillAsync();
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));
        await desk.Apps.StartAppAsync(FunctionApp.Billing);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 111000 0 0", "It was not paid.");
        await desk.UntilHeardAsync();

        Assert.Equal(["success"], await ChargesAsync(invoice));
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task While_Payments_is_away_an_invoice_waits_and_is_charged_when_it_is_back()
    {
        var payer = await desk.WelcomeAsync();
        await payer.KeepCardAsync();
        var invoice = await payer.OweAsync(100_000);
        await desk.Apps[FunctionApp.Payments].KillAsync();
        await CollectAsync(payer);
        await desk.RunTimerAsync("CollectInvoices");
        await CollectionDesk.WaitForAsync(
            async () => await NextTryAsync(invoice) is { } next && next > desk.Now && next < desk.Now.AddMinutes(5), "It was not put off.");
        await desk.Apps.StartAppAsync(FunctionApp.Payments);
        await CollectionDesk.WaitForAsync(
            async () =>
            {
                desk.Apps.Clock.Advance(TimeSpan.FromMinutes(2));
                await desk.RunTimerAsync("CollectInvoices");
                return await payer.StateAsync(invoice) == "paid 111000 0 0";
            },
            "It was not paid.");

        Assert.Equal(["success"], await ChargesAsync(invoice));
    }

    [Fact]
    public async Task Nobody_who_was_forgotten_is_charged()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await desk.ExecuteAsync(
            "update billing_management.invoices set collect_at = @later where id = @invoice", new { later = desk.Now.AddDays(1), invoice });
        await payer.TellAsync(new UserDeleted(payer.User));

        Assert.Equal(0, await WaitingAsync(payer));
    }

    // As the renewal does it.
    private Task CollectAsync(Payer payer) => desk.ExecuteAsync(
        "update billing_management.invoices set collect_at = @Now where tenant_id = @Tenant and user_id = @User and status = 'pending'",
        new { desk.Now, payer.Tenant, payer.User });

    private Task<IReadOnlyList<string>> ChargesAsync(Guid invoice) => desk.QueryAsync<string>(
        "select status from payment_management.payment_transactions where invoice_id = @invoice order by id", new { invoice });

    private async Task<long> WaitingAsync(Payer payer) => (await desk.QueryAsync<long>(
        "select count(*) from billing_management.invoices where tenant_id = @Tenant and collect_at is not null", new { payer.Tenant }))[0];

    private async Task<DateTimeOffset?> NextTryAsync(Guid invoice) => (await desk.QueryAsync<DateTimeOffset?>(
        "select collect_at from billing_management.invoices where id = @invoice", new { invoice }))[0];

    private Task<IReadOnlyList<Guid>> RenewalsAsync(Guid subscription) => desk.QueryAsync<Guid>(
        "select id from billing_management.invoices where subscription_id = @subscription and is_renewal", new { subscription });
}
