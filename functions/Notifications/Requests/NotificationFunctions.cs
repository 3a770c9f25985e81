using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Requests;

public sealed class NotificationFunctions(
    DeliveryStore deliveries, RequestNotifications requestNotifications, ReviveNotifications revive, Caller caller, TimeProvider time)
{
    private const string ReadAll = "notifications:read";

    [Function("SendNotifications"), Requires("notifications:send"), Idempotent, Accepts<SendRequest>]
    [Summary("Tells one or up to 1,000 users something, now or later.")]
    public async Task<Accepted<SendAnswer>> Send(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/notifications")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = await RequestBody.ReadAsync<SendRequest>(request, cancellationToken);
        // Should this process die between its commit and keeping the answer, the repeated request finds what it has told.
        if (wanted.DedupKey is null && await RequestKey.OfAsync(request, caller.Actor, cancellationToken) is { } key)
            wanted = wanted with { DedupKey = $"repeat:{key.Name}" };
        return TypedResults.Accepted((string?)null, await requestNotifications.RunAsync(caller.Tenant, wanted, cancellationToken));
    }

    [Function("ListNotifications"), Authenticated, Summary("Lists what the signed-in user was told, newest first; with notifications:read, anybody.")]
    [Query("limit", typeof(int), "How many, 1 to 100."), Query("cursor", typeof(string), "The next of the page before.")]
    [Query("userId", typeof(Guid), "Whose, with the permission notifications:read; the own without it.")]
    [Query("status", typeof(DeliveryStatus), "Only those in this state.")]
    public async Task<Ok<Page<DeliveryView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/notifications")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await deliveries.ListAsync(caller.Tenant, WhoseOf(request), StatusOf(request), page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => row));
    }

    [Function("ReadNotification"), Authenticated, Summary("Reads one notification, each call that was made for it and what became of it.")]
    public async Task<Ok<DeliveryDetails>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/notifications/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(id, caller.OwnerFilter(ReadAll), cancellationToken));

    [Function("CancelNotification"), Requires("notifications:send"), Summary("Calls off a scheduled notification.")]
    public async Task<Ok<DeliveryDetails>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/notifications/{id:guid}/cancel")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var isCancelled = await deliveries.CancelAsync(caller.Tenant, id, time.GetUtcNow(), cancellationToken);
        var found = await FindAsync(id, owner: null, cancellationToken);
        // Asked twice, it is cancelled all the same.
        return isCancelled || found.Notification.Status == DeliveryStatus.Cancelled
            ? TypedResults.Ok(found)
            : throw ProblemException.Conflict("NOTIFICATION_NOT_SCHEDULED", "Only a notification whose time has not come can be cancelled.");
    }

    [Function("ResendNotification"), Requires("notifications:send"), Idempotent, Summary("Sends a notification again that has failed or was suppressed.")]
    public async Task<Ok<DeliveryDetails>> Resend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/notifications/{id:guid}/resend")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var revived = await revive.RunAsync(caller.Tenant, [id], [DeliveryStatus.Failed, DeliveryStatus.Suppressed], cancellationToken);
        var found = await FindAsync(id, owner: null, cancellationToken);
        return revived.Count == 1
            ? TypedResults.Ok(found)
            : throw ProblemException.Conflict("NOTIFICATION_NOT_FAILED", "Only a notification that has failed or was suppressed can be sent again.");
    }

    private async Task<DeliveryDetails> FindAsync(Guid id, Guid? owner, CancellationToken cancellationToken) =>
        await deliveries.FindAsync(caller.Tenant, id, owner, cancellationToken)
            ?? throw ProblemException.NotFound("NOTIFICATION_NOT_FOUND", "There is no notification with this id.");

    // Who may see everybody's still sees his own unless he names another.
    private Guid WhoseOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("userId", out var text))
            return caller.RequireUser();
        if (!Guid.TryParse(text, out var user))
            throw ProblemException.Invalid("userId", "INVALID_USER_ID", "userId is a UUID.");
        return caller.RequireFor(user, ReadAll, $"Another user's notifications need the permission {ReadAll}.", "PERMISSION_REQUIRED");
    }

    private static DeliveryStatus? StatusOf(HttpRequest request) =>
        QueryValue.Choice<DeliveryStatus>(request, "status", "INVALID_STATUS", "There is no such state of a notification.");
}
