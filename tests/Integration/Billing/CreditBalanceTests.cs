using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CollectionCollection>]
public sealed class CreditBalanceTests(CollectionDesk desk)
{
    [Fact]
    public async Task A_balance_is_changed_by_hand_shown_with_its_entries_and_never_below_zero()
    {
        var payer = await desk.WelcomeAsync();
        var (given, balance) = await AdjustAsync(payer.Administrator, payer, 50_000);
        var (refused, problem) = await AdjustAsync(payer.Administrator, payer, -50_001);
        await AdjustAsync(payer.Administrator, payer, -20_000);
        var entries = (await payer.GetAsync("v1/credit-entries"))["items"]!.AsArray();

        Assert.Equal((HttpStatusCode.OK, 50_000m), (given, Payer.Amount(balance!, "balance")));
        Assert.Equal((HttpStatusCode.Conflict, "CREDIT_TOO_LOW"), (refused, (string?)problem!["code"]));
        Assert.Equal(30_000, await payer.CreditAsync());
        Assert.Equal([-20_000m, 50_000m], entries.Select(entry => Payer.Amount(entry!, "amount")));
        Assert.StartsWith("user ", (string)entries[0]!["actor"]!);
    }

    [Fact]
    public async Task A_balance_never_grows_beyond_what_a_ledger_holds()
    {
        var payer = await desk.WelcomeAsync();
        var (given, _) = await AdjustAsync(payer.Administrator, payer, 9_000_000_000_000_000);
        var (refused, problem) = await AdjustAsync(payer.Administrator, payer, 9_000_000_000_000_000);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, "CREDIT_TOO_HIGH"), (given, refused, (string?)problem!["code"]));
        Assert.Equal(9_000_000_000_000_000, await payer.CreditAsync());
        // What the balance would take of an invoice is no mistake of ours either.
        var (preview, _) = await Payer.PostAsync(
            payer.Administrator, "v1/invoices/preview", new { userId = payer.User, currency = "IDR", lines = new[] { -9_000_000_000_000_000m } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, preview);
    }

    [Theory]
    [InlineData("[100000000000000000]")]
    [InlineData("[9999999999999999]")]
    [InlineData("[79228162514264337593543950335, 79228162514264337593543950335]")]
    public async Task A_preview_of_more_than_a_ledger_holds_is_refused(string lines)
    {
        var payer = await desk.WelcomeAsync();
        var (status, problem) = await Payer.PostAsync(
            payer.Administrator, "v1/invoices/preview",
            JsonNode.Parse($$"""{"userId":"{{payer.User}}","currency":"IDR","lines":{{lines}}}""")!);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "NO_INVOICE"), (status, (string?)problem!["code"]));
    }

    [Fact]
    public async Task Fifty_withdrawals_at_once_never_take_more_than_there_is()
    {
        var payer = await desk.WelcomeAsync();
        await AdjustAsync(payer.Administrator, payer, 10_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AdjustAsync(payer.Administrator, payer, -1_000)));

        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task Adjustments_by_the_hundred_at_once_wait_for_no_second_connection()
    {
        var payer = await desk.WelcomeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => AdjustAsync(payer.Administrator, payer, 1)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        // Each says what the balance was after it.
        Assert.Equal(Enumerable.Range(1, 200).Select(Convert.ToDecimal), answers.Select(answer => Payer.Amount(answer.Body!, "balance")).Order());
    }

    [Fact]
    public async Task Nobody_sees_anothers_credit_or_history_or_changes_his_own()
    {
        var payer = await desk.WelcomeAsync();
        var other = await desk.JoinAsync(payer.Tenant);
        await payer.OweAsync(100_000);

        Assert.Equal(HttpStatusCode.Forbidden, (await AdjustAsync(payer.Billing, payer, 1)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.Billing.GetAsync($"v1/credit-balances?user={payer.User}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.Billing.GetAsync($"v1/credit-entries?user={payer.User}")).StatusCode);
        Assert.Empty((await other.GetAsync($"v1/billing-history?user={payer.User}"))["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await payer.Billing.GetAsync("v1/billing-history?invoice=x")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await payer.Administrator.GetAsync($"v1/credit-balances?user={payer.User}")).StatusCode);
    }

    [Fact]
    public async Task The_history_is_read_in_pages_by_its_owner_and_whole_by_those_who_may()
    {
        var payer = await desk.WelcomeAsync();
        var other = await desk.JoinAsync(payer.Tenant);
        for (var invoice = 0; invoice < 3; invoice++)
            await payer.OweAsync(100_000);
        await other.OweAsync(100_000);
        var first = await payer.GetAsync("v1/billing-history?limit=2");
        var second = await payer.GetAsync($"v1/billing-history?limit=2&cursor={first["next"]}");
        var all = JsonNode.Parse(await payer.Administrator.GetStringAsync("v1/billing-history?limit=100"))!["items"]!.AsArray();
        var one = JsonNode.Parse(await payer.Administrator.GetStringAsync($"v1/billing-history?user={other.User}"))!["items"]!.AsArray();

        Assert.Equal((2, 1), (first["items"]!.AsArray().Count, second["items"]!.AsArray().Count));
        Assert.Null(second["next"]);
        Assert.Equal((4, 1), (all.Count, one.Count));
        Assert.Equal("invoice_issued", (string?)all[0]!["type"]);
        Assert.Equal(111_000, Payer.Amount(all[0]!["data"]!, "total"));
    }

    private static Task<(HttpStatusCode Status, JsonNode? Body)> AdjustAsync(HttpClient client, Payer payer, decimal amount) => Payer.PostAsync(
        client, "v1/credit-adjustments", new { userId = payer.User, amount = Payer.Idr(amount), reason = "test" });
}
