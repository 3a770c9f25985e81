using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>What its user, or an administrator with <c>subscriptions:write</c>, does to a subscription.</summary>
public sealed class MoveFunctions(ChangePlan change, CancelSubscription cancel, PauseSubscription pause, AdjustRenewal adjust, Caller caller)
{
    [Function("ChangeSubscription"), Authenticated, Idempotent, Accepts<ChangePlanRequest>]
    [Summary("Changes tier or cycle, now or at the end of the period.")]
    public async Task<Ok<SubscriptionView>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions/{id:guid}/change")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<ChangePlanRequest>(request, cancellationToken);
        return TypedResults.Ok(await change.RunAsync(caller.Tenant, id, Owner, caller.Actor, body, cancellationToken));
    }

    [Function("CancelSubscription"), Authenticated, Idempotent, Accepts<CancelSubscriptionRequest>]
    [Summary("Cancels a subscription at the end of its period, or now.")]
    public async Task<Ok<SubscriptionView>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions/{id:guid}/cancel")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<CancelSubscriptionRequest>(request, cancellationToken);
        return TypedResults.Ok(await cancel.RunAsync(caller.Tenant, id, Owner, caller.Actor, body, cancellationToken));
    }

    [Function("PauseSubscription"), Authenticated, Idempotent]
    [Summary("Stops a subscription for a while; what is unused becomes credit.")]
    public async Task<Ok<SubscriptionView>> Pause(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions/{id:guid}/pause")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await pause.PauseAsync(caller.Tenant, id, Owner, caller.Actor, cancellationToken));

    [Function("ResumeSubscription"), Authenticated, Idempotent]
    [Summary("Lets a paused subscription work again, with a period that begins now.")]
    public async Task<Ok<SubscriptionView>> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions/{id:guid}/resume")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await pause.ResumeAsync(caller.Tenant, id, Owner, caller.Actor, cancellationToken));

    [Function("UndoSubscriptionChange"), Authenticated, Summary("Takes back a cancellation or change that waits for the end of the period.")]
    public async Task<Ok<SubscriptionView>> Undo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/subscriptions/{id:guid}/undo")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await adjust.UndoAsync(caller.Tenant, id, Owner, caller.Actor, cancellationToken));

    [Function("SetAutoRenew"), Authenticated, Accepts<AutoRenewRequest>, Summary("Says whether the subscription renews when its period ends.")]
    public async Task<Ok<SubscriptionView>> SetAutoRenew(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/subscriptions/{id:guid}/auto-renew")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<AutoRenewRequest>(request, cancellationToken);
        return TypedResults.Ok(await adjust.SetAutoRenewAsync(
            caller.Tenant, id, Owner, caller.Actor, body.Enabled!.Value, cancellationToken));
    }

    private Guid? Owner => caller.OwnerFilter("subscriptions:write");
}
