using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Audit;

public sealed record AuditView(
    long Seq, Guid Id, DateTimeOffset At, string Action, string ActorKind, Guid? ActorId, string? ActorService, Guid? ImpersonatorId, Guid? TargetId,
    JsonElement Detail, string? Address, string Hash)
{
    public static AuditView Of(AuditRow row) => new(
        row.Seq, row.Id, row.At, row.Action, row.ActorKind, row.ActorId, row.ActorService, row.ImpersonatorId, row.TargetId,
        JsonElement.Parse(row.Detail), row.Address, Convert.ToHexStringLower(row.Hash));
}

public sealed class AuditFunctions(Database database, AuditLogStore entries, VerifyAuditLog verify, Caller caller)
{
    [Function("ListAuditLog"), Requires("audit:read"), Summary("Lists what happened in the tenant, newest first.")]
    [Query("actor", typeof(Guid), "Only what this user did, or an administrator in his name.")]
    [Query("target", typeof(Guid), "Only what happened to this user, role or invitation.")]
    [Query("action", typeof(string), "Only this action, such as session.started.")]
    [Query("from", typeof(DateTimeOffset), "Not before this time.")]
    [Query("to", typeof(DateTimeOffset), "Before this time.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 entries.")]
    public async Task<Ok<Page<AuditView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/audit-log")] HttpRequest request, CancellationToken cancellationToken)
    {
        var limit = PageRequest.LimitOf(request);
        var filter = new AuditFilter(Id(request, "actor"), Id(request, "target"), request.Query["action"], Time(request, "from"), Time(request, "to"));
        await using var connection = database.Open(caller.Tenant);
        var rows = await entries.ListAsync(connection, filter, Number(request, "cursor"), limit + 1, cancellationToken);
        var shown = rows.Take(limit).Select(AuditView.Of).ToList();
        return TypedResults.Ok(new Page<AuditView>(shown, rows.Count > limit ? shown[^1].Seq.ToString(CultureInfo.InvariantCulture) : null));
    }

    [Function("VerifyAuditLog"), Requires("audit:read"), Summary("Checks that no entry of the log was changed, removed or put in later.")]
    public async Task<Ok<AuditVerdict>> Verify(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/audit-log/verify")] HttpRequest request,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await verify.RunAsync(caller.Tenant, cancellationToken));

    private static Guid? Id(HttpRequest request, string name) => !request.Query.TryGetValue(name, out var text) ? null
        : Guid.TryParse(text, out var id) ? id
        : throw ProblemException.Invalid(name, "INVALID_FILTER", $"{name} is an id.");

    private static long? Number(HttpRequest request, string name) => !request.Query.TryGetValue(name, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw ProblemException.Invalid(name, "INVALID_FILTER", $"{name} is a number that this list gave.");

    private static DateTimeOffset? Time(HttpRequest request, string name) => !request.Query.TryGetValue(name, out var text) ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw ProblemException.Invalid(name, "INVALID_FILTER", $"{name} is a time such as 2026-03-01T00:00:00Z.");
}
