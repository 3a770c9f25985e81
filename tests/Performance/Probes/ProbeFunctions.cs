using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Performance.Probes;

public sealed class ProbeFunctions(Database database, PlainUsers plain, Caller caller)
{
    public const string Signed = "probe/signed";
    public const string OfTenant = "probe/tenant";
    public const string Plain = "probe/plain";
    public const string Who = "probe/who";

    // As GET /v1/me reads it; while the middleware that finds tenant and user is left out, they are the demo's.
    [Function("ReadSigned"), Authenticated]
    public Task<Ok<ProbeUser>> ReadSigned(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Signed)] HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync(caller.Profile?.Id ?? TenantId.Default, caller.User ?? ProbeUser.Demo, cancellationToken);

    [Function("ReadOfTenant"), Anonymous]
    public Task<Ok<ProbeUser>> ReadOfTenant(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = OfTenant)] HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync(caller.Tenant, ProbeUser.Demo, cancellationToken);

    [Function("ReadPlain"), Anonymous(NeedsTenant = false)]
    public async Task<Ok<ProbeUser>> ReadPlain(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Plain)] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await plain.FindAsync(ProbeUser.Demo, cancellationToken));

    // Nothing but the middleware.
    [Function("WhoCalls"), Authenticated]
    public Ok<Guid> WhoCalls([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Who)] HttpRequest request) =>
        TypedResults.Ok(caller.RequireUser());

    private async Task<Ok<ProbeUser>> ReadAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return TypedResults.Ok(await connection.FindAsync<ProbeUser>(ProbeUser.Sql, new { tenant, id }, cancellationToken));
    }
}
