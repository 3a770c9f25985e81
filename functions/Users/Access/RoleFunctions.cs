using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Access;

public sealed class RoleFunctions(
    Database database, RoleStore roles, ManageRoles manage, AssignRole assign, CheckPermissions check, Caller caller)
{
    [Function("ListRoles"), Requires("roles:read"), Summary("Lists the tenant's roles and what they allow, newest first.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 roles.")]
    public async Task<Ok<Page<RoleView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/roles")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await roles.ListAsync(caller.Tenant, page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, role => role.Id, RoleView.Of));
    }

    [Function("ReadRole"), Requires("roles:read"), Summary("Reads one role.")]
    public async Task<Ok<RoleView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/roles/{role:guid}")] HttpRequest request, Guid role,
        CancellationToken cancellationToken)
    {
        await using var connection = database.Open(caller.Tenant);
        return TypedResults.Ok(RoleView.Of(await roles.GetAsync(connection, role, cancellationToken)));
    }

    [Function("CreateRole"), Requires("roles:write"), Accepts<RoleRequest>, Summary("Makes a role. Nobody gives what he does not hold.")]
    public async Task<Created<RoleView>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/roles")] HttpRequest request, CancellationToken cancellationToken)
    {
        var role = await manage.CreateAsync(caller, await RequestBody.ReadAsync<RoleRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.Created($"/v1/roles/{role.Id}", role);
    }

    [Function("ChangeRole"), Requires("roles:write"), Accepts<RoleRequest>, Summary("Changes a role; it acts on its holders' next request.")]
    public async Task<Ok<RoleView>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/roles/{role:guid}")] HttpRequest request, Guid role,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RoleRequest>(request, cancellationToken);
        return TypedResults.Ok(await manage.ChangeAsync(caller, role, body, cancellationToken));
    }

    [Function("DeleteRole"), Requires("roles:write"), Summary("Deletes a role and takes it from everybody.")]
    public async Task<NoContent> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/roles/{role:guid}")] HttpRequest request, Guid role,
        CancellationToken cancellationToken)
    {
        await manage.DeleteAsync(caller, role, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("AssignRole"), Requires("roles:assign"), Summary("Gives a user a role.")]
    public async Task<NoContent> Assign(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/users/{user:guid}/roles/{role:guid}")] HttpRequest request, Guid user, Guid role,
        CancellationToken cancellationToken)
    {
        await assign.GiveAsync(caller, user, role, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("RevokeRole"), Requires("roles:assign"), Summary("Takes a role from a user.")]
    public async Task<NoContent> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/users/{user:guid}/roles/{role:guid}")] HttpRequest request, Guid user, Guid role,
        CancellationToken cancellationToken)
    {
        await assign.TakeAsync(caller, user, role, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("CheckPermissions"), Authenticated, Accepts<CheckRequest>, Summary("Answers whether a user may do something.")]
    public async Task<Ok<CheckView>> Check(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/authorize/check")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<CheckRequest>(request, cancellationToken);
        return TypedResults.Ok(await check.RunAsync(caller, body, cancellationToken));
    }
}
