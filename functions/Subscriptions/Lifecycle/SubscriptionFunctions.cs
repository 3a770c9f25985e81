using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed class SubscriptionFunctions(
    StartSubscription start, PreviewChange preview, SubscriptionStore subscriptions, HistoryStore history, Caller caller)
{
    private const string ReadAny = "subscriptions:read";

    [Function("StartSubscription"), Authenticated, Idempotent, Accepts<StartSubscriptionRequest>]
    [Summary("Subscribes the signed-in user to a tier.")]
    public async Task<Created<SubscriptionView>> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<StartSubscriptionRequest>(request, cancellationToken);
        var view = await start.RunAsync(caller.Profile!, caller.RequireUser(), caller.Actor, body, cancellationToken);
        return TypedResults.Created($"/v1/subscriptions/{view.Id}", view);
    }

    [Function("PreviewSubscription"), Authenticated, Accepts<PreviewRequest>]
    [Summary("Says what a new subscription or a change would bill, to the minor unit.")]
    public async Task<Ok<PreviewView>> Preview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions/preview")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<PreviewRequest>(request, cancellationToken);
        return TypedResults.Ok(await preview.RunAsync(
            caller.Profile!, caller.RequireUser(), caller.OwnerFilter(ReadAny), body, cancellationToken));
    }

    [Function("ReadSubscription"), Authenticated, Summary("Reads one subscription.")]
    public async Task<Ok<SubscriptionView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/subscriptions/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => TypedResults.Ok(SubscriptionView.Of(await RequireAsync(id, cancellationToken)));

    [Function("ReadSubscriptionHistory"), Authenticated, Summary("Tells every move of one subscription, oldest first: who made it and why.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<SubscriptionEventView>>> History(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/subscriptions/{id:guid}/events")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var row = await RequireAsync(id, cancellationToken);
        var moves = await history.ListAsync(caller.Tenant, row.Id, page.Before, page.Fetch, cancellationToken);
        return TypedResults.Ok(page.Cut(moves, move => move.Id, move => move));
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

    private async Task<Subscription> RequireAsync(Guid id, CancellationToken cancellationToken) =>
        await subscriptions.FindAsync(caller.Tenant, id, caller.OwnerFilter(ReadAny), cancellationToken)
            ?? throw ProblemException.NotFound("SUBSCRIPTION_NOT_FOUND", "There is no such subscription.");
}
