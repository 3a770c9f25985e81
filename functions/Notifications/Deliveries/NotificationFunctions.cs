using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Deliveries;

public sealed class NotificationFunctions(DeliveryStore deliveries, Caller caller)
{
    [Function("ListNotifications"), Authenticated, Summary("Lists what the signed-in user was told, newest first.")]
    [Query("limit", typeof(int), "How many, 1 to 100."), Query("cursor", typeof(string), "The next of the page before.")]
    public async Task<Ok<Page<DeliveryView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/notifications")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await deliveries.ListOfUserAsync(caller.Tenant, caller.RequireUser(), page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => row));
    }

    [Function("ReadNotification"), Authenticated, Summary("Reads one notification and what became of it.")]
    public async Task<Ok<DeliveryView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/notifications/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var found = await deliveries.FindAsync(caller.Tenant, id, caller.OwnerFilter("notifications:read"), cancellationToken)
            ?? throw ProblemException.NotFound("NOTIFICATION_NOT_FOUND", "There is no notification with this id.");
        return TypedResults.Ok(found);
    }
}
