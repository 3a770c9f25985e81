using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Billing;

/// <summary>Numbers are 1 to n of each tenant and month: no gap and no double, whatever fails.</summary>
[Collection<CyclesCollection>]
public sealed class NumberTests(CyclesDesk desk)
{
    [Fact]
    public async Task Of_200_finalised_at_once_20_are_rolled_back_and_180_are_numbered_without_a_gap()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        // Refused at the commit, long after the number was taken.
        await desk.ExecuteAsync(
            """
            create or replace function public.refuse_commit() returns trigger language plpgsql as
                $$ begin raise exception 'this invoice is never committed'; end $$;
            drop trigger if exists never_committed on billing_management.invoices;
            create constraint trigger never_committed after insert on billing_management.invoices deferrable initially deferred
                for each row when (new.total_amount = 14430 and not new.is_draft) execute function public.refuse_commit();
            """);
        var drafts = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            place => DraftAsync(administrator, unitPrice: place % 10 == 0 ? 13_000 : 10_000)));
        var answers = await Task.WhenAll(drafts.Select(draft => FinaliseAsync(administrator, draft)));

        Assert.Equal(
            [(HttpStatusCode.OK, 180), (HttpStatusCode.InternalServerError, 20)],
            answers.CountBy(answer => answer.StatusCode).OrderBy(count => count.Key).Select(count => (count.Key, count.Value)));
        Assert.Equal(
            Enumerable.Range(1, 180).Select(number => $"{number:D4} pending 11100.00 IDR"), await desk.InvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);

        // The drafts whose numbering failed are drafts still, and go on where the numbers stand.
        await desk.ExecuteAsync("drop trigger never_committed on billing_management.invoices");
        foreach (var draft in drafts.Where((_, place) => place % 10 == 0))
            await administrator.PostAsync($"v1/invoices/{draft}/finalise", new { });
        Assert.Equal(200, (await desk.InvoicesAsync(tenant)).Count);
        await desk.AssertBooksAsync(tenant);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_fails_at_random_the_numbers_stay_1_to_n(int seed)
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        // Some are refused when their history is written and some at the commit, after their number was taken both times.
        await desk.ExecuteAsync(
            $"""
            create or replace function public.refuse_any() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
            create or replace trigger refused_early before insert on billing_management.billing_history
                for each row when (new.tenant_id = '{tenant}' and new.event_type = 'invoice_issued' and (new.event_data -> 'total' ->> 'amount')::numeric = 22200)
                execute function public.refuse_any();
            drop trigger if exists refused_late on billing_management.invoices;
            create constraint trigger refused_late after insert on billing_management.invoices deferrable initially deferred
                for each row when (new.tenant_id = '{tenant}' and new.total_amount = 33300 and not new.is_draft) execute function public.refuse_any();
            """);
        var random = new Random(seed);
        var issued = 0;
        for (var round = 0; round < 4; round++)
        {
            var prices = Enumerable.Range(0, random.Next(5, 25)).Select(_ => random.Next(1, 4) * 10_000m).ToList();
            var drafts = await Task.WhenAll(prices.Select(price => DraftAsync(administrator, price)));
            var answers = await Task.WhenAll(drafts.Select(draft => FinaliseAsync(administrator, draft)));
            Assert.Equal(
                prices.Select(price => price == 10_000 ? HttpStatusCode.OK : HttpStatusCode.InternalServerError), answers.Select(answer => answer.StatusCode));
            issued += prices.Count(price => price == 10_000);
        }

        await desk.ExecuteAsync(
            "drop trigger refused_early on billing_management.billing_history; drop trigger refused_late on billing_management.invoices");
        Assert.Equal(Enumerable.Range(1, issued).Select(number => $"{number:D4} pending 11100.00 IDR"), await desk.InvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task A_rate_holds_from_its_day_on_and_what_is_issued_keeps_its_own()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var before = await DraftAsync(administrator);
        var across = await DraftAsync(administrator);
        await administrator.PostAsync($"v1/invoices/{before}/finalise", new { });
        await desk.ExecuteAsync(
            "insert into billing_management.tax_rates (currency, valid_from, rate, source) values ('IDR', @day, 0.12, 'test')",
            new { day = desk.Now.UtcDateTime.Date.AddDays(2) });
        try
        {
            desk.Apps.Clock.Advance(TimeSpan.FromDays(2));
            // A draft is taxed by the day on which it is finalised.
            await administrator.PostAsync($"v1/invoices/{across}/finalise", new { });
        }
        finally
        {
            await desk.ExecuteAsync("delete from billing_management.tax_rates where rate = 0.12");
        }

        Assert.Equal(
            [(0.11m, 1_100m, 11_100m), (0.12m, 1_200m, 11_200m)],
            new[] { await administrator.GetAsync($"v1/invoices/{before}"), await administrator.GetAsync($"v1/invoices/{across}") }.Select(invoice =>
                ((decimal)invoice["taxRate"]!, (decimal)invoice["tax"]!["amount"]!, (decimal)invoice["total"]!["amount"]!)));
    }

    [Fact]
    public async Task A_process_that_dies_between_number_and_commit_leaves_no_gap()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var drafts = new[] { await DraftAsync(administrator), await DraftAsync(administrator), await DraftAsync(administrator) };
        await administrator.PostAsync($"v1/invoices/{drafts[0]}/finalise", new { });
        await using (var gate = await desk.StandStillAsync("invoice_counters", $"new.tenant_id = '{tenant}'"))
        {
            var dying = administrator.Client.PostAsJsonAsync($"v1/invoices/{drafts[1]}/finalise", new { });
            await gate.UntilSomebodyWaitsAsync();
            await desk.Apps[FunctionApp.Billing].KillAsync();
            await gate.EndWhoWaitsAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => dying);
        }

        await desk.Apps.StartAppAsync(FunctionApp.Billing);
        foreach (var draft in drafts.Skip(1).Reverse())
            await administrator.PostAsync($"v1/invoices/{draft}/finalise", new { });
        Assert.Equal(["0001 pending 11100.00 IDR", "0002 pending 11100.00 IDR", "0003 pending 11100.00 IDR"], await desk.InvoicesAsync(tenant));
        await desk.AssertBooksAsync(tenant);
    }

    [Fact]
    public async Task A_draft_is_neither_paid_nor_cancelled_nor_credited_and_says_so()
    {
        var administrator = await desk.SignInAdministratorAsync(await desk.NewTenantAsync());
        var draft = await DraftAsync(administrator);
        foreach (var (verb, body) in new (string, object)[]
        {
            ("pay", new { method = "gopay" }), ("cancel", new { reason = "mine" }), ("credit-notes", new { reason = "mine" }),
        })
        {
            var refused = await administrator.PostAsync($"v1/invoices/{draft}/{verb}", body, expected: 409);
            Assert.Equal("INVOICE_IS_DRAFT", (string?)refused["code"]);
        }

        using var discarded = await administrator.Client.DeleteAsync($"v1/invoices/{draft}");
        Assert.Equal(HttpStatusCode.NoContent, discarded.StatusCode);
        var history = (await administrator.GetAsync($"v1/billing-history?invoice={draft}"))["items"]!.AsArray();
        Assert.Equal(["draft_discarded", "draft_made"], history.Select(line => (string)line!["type"]!));
    }

    [Fact]
    public async Task Past_9999_numbers_grow_wider()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync($"v1/invoices/{await DraftAsync(administrator)}/finalise", new { });
        await desk.ExecuteAsync("update billing_management.invoice_counters set last_number = 9998 where tenant_id = @tenant", new { tenant });
        await desk.AgreeAsync(tenant, count: 3, desk.Now.AddHours(-1));
        await desk.RunAsync(tenant);

        Assert.Equal(["0001", "9999", "10000", "10001"], (await desk.InvoicesAsync(tenant)).Select(invoice => invoice.Split(' ')[0]));
    }

    [Fact]
    public async Task A_draft_is_nobodys_debt_until_it_is_finalised_once()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var user = await desk.SignInAsync(tenant);
        var draft = await DraftAsync(administrator, user: user.User);
        Assert.Empty((await user.GetAsync("v1/invoices"))["items"]!.AsArray());
        await user.GetAsync($"v1/invoices/{draft}", expected: 404);
        await user.PostAsync("v1/invoices", new { userId = user.User, currency = "IDR", lines = new[] { new { description = "Mine" } } }, expected: 403);
        await administrator.PostAsync($"v1/invoices/{draft}/pay", new { method = "gopay" }, expected: 409);
        await administrator.PostAsync($"v1/invoices/{draft}/cancel", new { reason = "no" }, expected: 409);
        var seen = await administrator.GetAsync($"v1/invoices/{draft}");
        Assert.Equal((true, null), ((bool)seen["draft"]!, (string?)seen["number"]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => administrator.Client.PostAsJsonAsync($"v1/invoices/{draft}/finalise", new { })));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        var invoice = await user.GetAsync($"v1/invoices/{draft}");
        Assert.EndsWith("-0001", (string?)invoice["number"]);
        Assert.Equal(
            (11_100m, 0.11m, "exclusive", 10_000m),
            ((decimal)invoice["total"]!["amount"]!, (decimal)invoice["taxRate"]!, ((string)invoice["taxMode"]!).ToLowerInvariant(), (decimal)invoice["taxBase"]!["amount"]!));

        var other = await DraftAsync(administrator);
        using var discarded = await administrator.Client.DeleteAsync($"v1/invoices/{other}");
        using var kept = await administrator.Client.DeleteAsync($"v1/invoices/{draft}");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (discarded.StatusCode, kept.StatusCode));
    }

    [Fact]
    public async Task Prices_that_contain_the_tax_are_the_total_from_the_day_on_that_says_so()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        await administrator.PostAsync($"v1/invoices/{await DraftAsync(administrator, 111_000)}/finalise", new { });
        await administrator.PutAsync("v1/tax-rules/IDR", new { mode = "inclusive" });
        await administrator.PutAsync("v1/tax-rules/EUR", new { mode = "inclusive" }, expected: 404);
        await administrator.PostAsync($"v1/invoices/{await DraftAsync(administrator, 111_000)}/finalise", new { });
        await desk.AgreeAsync(tenant, CyclesDesk.Terms(Guid.CreateVersion7(), Guid.CreateVersion7(), desk.Now.AddMinutes(-1), 222_000));
        await desk.RunAsync(tenant);

        Assert.Equal(
            ["0001 pending 123210.00 IDR", "0002 pending 111000.00 IDR", "0003 pending 222000.00 IDR"], await desk.InvoicesAsync(tenant));
        Assert.Equal(
            ["exclusive 111000.00 12210.00", "inclusive 100000.00 11000.00", "inclusive 200000.00 22000.00"],
            await desk.QueryAsync<string>(
                "select concat_ws(' ', tax_mode, tax_base, tax_amount) from billing_management.invoices where tenant_id = @tenant order by invoice_number",
                new { tenant }));
        await desk.AssertBooksAsync(tenant);
    }

    // All of them wait for one counter. Who waits too long for a connection is told when to ask again, and does.
    private static async Task<HttpResponseMessage> FinaliseAsync(BillingClient administrator, string draft)
    {
        while (true)
        {
            var answer = await administrator.Client.PostAsJsonAsync($"v1/invoices/{draft}/finalise", new { });
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                return answer;
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value);
        }
    }

    private static async Task<string> DraftAsync(BillingClient administrator, decimal unitPrice = 10_000, Guid? user = null)
    {
        JsonNode draft = await administrator.PostAsync(
            "v1/invoices",
            new { userId = user ?? Guid.CreateVersion7(), currency = "IDR", lines = new[] { new { description = "Consulting", quantity = 1, unitPrice } } },
            expected: 201);
        return (string)draft["id"]!;
    }
}
