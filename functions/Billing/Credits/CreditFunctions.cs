using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Credits;

public sealed class CreditFunctions(CreditStore credits, AdjustCredit adjust, Caller caller)
{
    [Function("ListCreditBalances"), Authenticated, Summary("Lists one's credit balances by currency, or with invoices:read those of a user.")]
    [Query("user", typeof(Guid), "Whose; oneself when not given.")]
    public async Task<Ok<CreditBalanceList>> Balances(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/credit-balances")] HttpRequest request, CancellationToken cancellationToken)
    {
        var rows = await credits.ListBalancesAsync(caller.Tenant, Subject(request), cancellationToken);
        return TypedResults.Ok(new CreditBalanceList([.. rows.Select(CreditBalanceView.Of)]));
    }

    [Function("ListCreditEntries"), Authenticated, Summary("Lists what changed one's credit balance, or with invoices:read that of a user, newest first.")]
    [Query("user", typeof(Guid), "Whose; oneself when not given.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<CreditEntryView>>> Entries(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/credit-entries")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await credits.ListEntriesAsync(caller.Tenant, Subject(request), page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, CreditEntryView.Of));
    }

    [Function("AdjustCredit"), Requires("credits:write"), Idempotent, Accepts<AdjustCreditRequest>, Summary("Changes a user's credit balance by hand.")]
    public async Task<Ok<CreditBalanceView>> Adjust(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/credit-adjustments")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<AdjustCreditRequest>(request, cancellationToken);
        var actor = caller.Actor;
        var key = await RequestKey.OfAsync(request, actor, cancellationToken);
        return TypedResults.Ok(await adjust.RunAsync(caller.Tenant, body, key, actor, cancellationToken));
    }

    private Guid Subject(HttpRequest request) =>
        caller.RequireFor(QueryValue.Id(request, "user"), "invoices:read", "Your roles do not allow this.");
}
