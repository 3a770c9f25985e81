using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.History;

public sealed class HistoryFunctions(HistoryStore history, Caller caller)
{
    [Function("ListBillingHistory"), Authenticated]
    [Summary("Lists everything that happened to one's invoices, payments and credit, newest first; everybody's with invoices:read.")]
    [Query("user", typeof(Guid), "Of this user only; with invoices:read.")]
    [Query("invoice", typeof(Guid), "Of this invoice only.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<BillingEventView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/billing-history")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var owner = caller.OwnerFilter("invoices:read");
        var rows = await history.ListAsync(
            caller.Tenant, owner ?? QueryValue.Id(request, "user"), owner is not null, QueryValue.Id(request, "invoice"), page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, line => line.Id, BillingEventView.Of));
    }
}
