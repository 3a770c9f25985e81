using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Notifications.Requests;

public sealed record ReplayRequest
{
    [Required, MinLength(1), MaxLength(1_000)]
    public IReadOnlyList<Guid> Ids { get; init; } = [];
}

/// <summary>Replayed are those that had failed; the others are left as they are.</summary>
public sealed record ReplayAnswer(IReadOnlyList<Guid> Replayed, IReadOnlyList<Guid> Left);

/// <summary>Notifications that have failed for good. They stand in the history, so the broker's own dead letters hold nothing that is needed.</summary>
public sealed class DeadLetterFunctions(DeliveryStore deliveries, ReviveNotifications revive, Caller caller)
{
    [Function("ListDeadLetters"), Requires("notifications:manage"), Summary("Lists the notifications that have failed for good, newest first.")]
    [Query("limit", typeof(int), "How many, 1 to 100."), Query("cursor", typeof(string), "The next of the page before.")]
    public async Task<Ok<Page<DeliveryView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/dead-letters")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await deliveries.ListAsync(caller.Tenant, user: null, DeliveryStatus.Failed, page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => row));
    }

    [Function("ReplayDeadLetters"), Requires("notifications:manage"), Idempotent, Accepts<ReplayRequest>, Summary("Sends up to 1,000 failed notifications again.")]
    public async Task<Ok<ReplayAnswer>> Replay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/dead-letters/replay")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = await RequestBody.ReadAsync<ReplayRequest>(request, cancellationToken);
        var replayed = await revive.RunAsync(caller.Tenant, wanted.Ids, [DeliveryStatus.Failed], cancellationToken);
        return TypedResults.Ok(new ReplayAnswer(replayed, [.. wanted.Ids.Except(replayed)]));
    }
}
