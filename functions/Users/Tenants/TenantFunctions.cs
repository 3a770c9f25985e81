using System.Text;
using System.Buffers.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Administration;
using ServerlessBusiness.Users.Invitations;

namespace ServerlessBusiness.Users.Tenants;

/// <summary>
/// Tenants are managed by administrators of the platform: users of the tenant <c>default</c> with the permission. An administrator of any
/// other tenant holds <c>*</c> too, but only in his own.
/// </summary>
public sealed class TenantFunctions(TenantStore tenants, CreateTenant create, ChangeTenant change, InviteTenantAdministrator invite, Caller caller)
{
    [Function("CreateTenant"), Requires("tenants:write", PlatformOnly = true), Idempotent, Accepts<CreateTenantRequest>]
    [Summary("Makes a tenant and invites its first administrator. For administrators of the platform.")]
    public async Task<Created<TenantView>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tenants")] HttpRequest request, CancellationToken cancellationToken)
    {
        var made = await create.RunAsync(caller, await RequestBody.ReadAsync<CreateTenantRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.Created($"/v1/tenants/{made.Id}", made);
    }

    [Function("InviteTenantAdministrator"), Requires("tenants:write", PlatformOnly = true), Idempotent, Accepts<InviteTenantAdministratorRequest>]
    [Summary("Invites an administrator of a tenant again, in the place of the platform's earlier invitations. For administrators of the platform.")]
    public async Task<Created<Invitation>> Invite(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tenants/{id}/invitations")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<InviteTenantAdministratorRequest>(request, cancellationToken);
        var sent = await invite.RunAsync(caller, Parse(id), body, cancellationToken);
        return TypedResults.Created($"/v1/tenants/{id}/invitations/{sent.Id}", sent);
    }

    [Function("ListTenants"), Requires("tenants:read", PlatformOnly = true), Summary("Lists tenants by id. For administrators of the platform.")]
    [Query("search", typeof(string), "The beginning of a tenant's id.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 tenants.")]
    public async Task<Ok<Page<TenantView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tenants")] HttpRequest request, CancellationToken cancellationToken)
    {
        var limit = PageRequest.LimitOf(request);
        var rows = await tenants.ListAcrossTenantsAsync(After(request), request.Query["search"], limit + 1, cancellationToken);
        var shown = rows.Take(limit).ToList();
        return TypedResults.Ok(new Page<TenantView>(
            shown, rows.Count > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(shown[^1].Id.Value)) : null));
    }

    [Function("ReadTenant"), Requires("tenants:read", PlatformOnly = true), Summary("Reads one tenant. For administrators of the platform.")]
    public async Task<Ok<TenantView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tenants/{id}")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        return TypedResults.Ok(await tenants.FindAsync(Parse(id), cancellationToken) ?? throw ChangeTenant.NotFound());
    }

    [Function("ChangeTenant"), Requires("tenants:write", PlatformOnly = true), Accepts<TenantSettings>, Summary("Sets a tenant's settings. For administrators of the platform.")]
    public async Task<Ok<TenantView>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/tenants/{id}")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<TenantSettings>(request, cancellationToken);
        return TypedResults.Ok(await change.SettingsAsync(caller, Parse(id), body, cancellationToken));
    }

    [Function("SuspendTenant"), Requires("tenants:write", PlatformOnly = true), Accepts<ReasonRequest>, Summary("Shuts a tenant out. For administrators of the platform.")]
    public async Task<Ok<TenantView>> Suspend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tenants/{id}/suspend")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<ReasonRequest>(request, cancellationToken);
        return TypedResults.Ok(await change.SuspendAsync(caller, Parse(id), body, cancellationToken));
    }

    [Function("ReinstateTenant"), Requires("tenants:write", PlatformOnly = true), Summary("Lets a suspended tenant in again. For administrators of the platform.")]
    public async Task<Ok<TenantView>> Reinstate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tenants/{id}/reinstate")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        return TypedResults.Ok(await change.ReinstateAsync(caller, Parse(id), cancellationToken));
    }

    [Function("ReadOwnTenant"), Requires("tenant:read"), Summary("Reads the settings of the caller's tenant.")]
    public async Task<Ok<TenantView>> ReadOwn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tenant")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await tenants.FindAsync(caller.Tenant, cancellationToken) ?? throw ChangeTenant.NotFound());

    [Function("ChangeOwnTenant"), Requires("tenant:write"), Accepts<OwnTenantSettings>, Summary("Sets the settings of the caller's tenant.")]
    public async Task<Ok<TenantView>> ChangeOwn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/tenant")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<OwnTenantSettings>(request, cancellationToken);
        return TypedResults.Ok(await change.SettingsAsync(caller, caller.Tenant, body, cancellationToken));
    }

    private static TenantId Parse(string id) => TenantId.TryParse(id, out var tenant) ? tenant : throw ChangeTenant.NotFound();

    private static string? After(HttpRequest request)
    {
        if (!request.Query.TryGetValue("cursor", out var cursor))
            return null;
        var bytes = new byte[cursor.ToString().Length];
        return Base64Url.IsValid(cursor.ToString()) && Base64Url.TryDecodeFromChars(cursor.ToString(), bytes, out var written) && written > 0
            ? Encoding.UTF8.GetString(bytes, 0, written)
            : throw ProblemException.Invalid("cursor", "INVALID_CURSOR", "This cursor was not given by this list.");
    }
}
