using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed class SubscriptionFunctions(StartSubscription start, SubscriptionStore subscriptions, Caller caller)
{
    private const string ReadAny = "subscriptions:read";

    [Function("StartSubscription"), Authenticated, Idempotent, Accepts<StartSubscriptionRequest>]
    [Summary("Subscribes the signed-in user to a tier.")]
    public async Task<Created<SubscriptionView>> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<StartSubscriptionRequest>(request, cancellationToken);
        var view = await start.RunAsync(caller.Profile!, caller.RequireUser(), body, cancellationToken);
        return TypedResults.Created($"/v1/subscriptions/{view.Id}", view);
    }

    [Function("ReadSubscription"), Authenticated, Summary("Reads one subscription.")]
    public async Task<Ok<SubscriptionView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/subscriptions/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var row = await subscriptions.FindAsync(caller.Tenant, id, caller.OwnerFilter(ReadAny), cancellationToken)
            ?? throw ProblemException.NotFound("SUBSCRIPTION_NOT_FOUND", "There is no such subscription.");
        return TypedResults.Ok(SubscriptionView.Of(row));
    }

    [Function("ListSubscriptions"), Authenticated, Summary("Lists subscriptions, newest first: one's own, or all with subscriptions:read.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<SubscriptionView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/subscriptions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await subscriptions.ListAsync(caller.Tenant, caller.OwnerFilter(ReadAny), page.Before, page.Fetch, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, SubscriptionView.Of));
    }
}
