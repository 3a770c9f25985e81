using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Administration;

/// <summary>A user with his roles.</summary>
public sealed record ManagedUserView(UserView User, IReadOnlyList<RoleView> Roles);

public sealed class AdministrationFunctions(
    Database database, UserStore users, RoleStore roles, UserDirectoryStore directory, SuspendUser suspend, ForcePasswordReset forceReset,
    Impersonate impersonate, Caller caller)
{
    [Function("ListUsers"), Requires("users:read"), Summary("Lists the tenant's users, newest first.")]
    [Query("search", typeof(string), "The beginning of an e-mail address or username.")]
    [Query("status", typeof(UserStatus), "Only accounts in this state.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 users.")]
    public async Task<Ok<Page<UserView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/users")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await directory.ListAsync(caller.Tenant, request.Query["search"], Status(request), page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, user => user.Id, UserView.Of));
    }

    [Function("ReadUser"), Requires("users:read"), Summary("Reads a user and his roles.")]
    public async Task<Ok<ManagedUserView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/users/{user:guid}")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        await using var connection = database.Open(caller.Tenant);
        var found = await users.FindAsync(connection, user, cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "There is no such user in this tenant.");
        var held = await roles.ListOfUserAsync(connection, user, cancellationToken);
        return TypedResults.Ok(new ManagedUserView(UserView.Of(found), [.. held.Select(RoleView.Of)]));
    }

    [Function("SuspendUser"), Requires("users:suspend"), Idempotent, Accepts<ReasonRequest>, Summary("Shuts a user out; his sessions end at once.")]
    public async Task<NoContent> Suspend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/users/{user:guid}/suspend")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        await suspend.RunAsync(caller, user, await RequestBody.ReadAsync<ReasonRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("ReinstateUser"), Requires("users:suspend"), Summary("Lets a suspended user in again.")]
    public async Task<NoContent> Reinstate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/users/{user:guid}/reinstate")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        await suspend.ReinstateAsync(caller, user, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("ForcePasswordReset"), Requires("users:reset"), Idempotent]
    [Summary("Ends a user's sessions and lets him in only with a new password.")]
    public async Task<NoContent> ForceReset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/users/{user:guid}/force-reset")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        await forceReset.RunAsync(caller, user, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("EndUserSessions"), Requires("users:reset"), Summary("Ends all sessions of a user.")]
    public async Task<NoContent> EndSessions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/users/{user:guid}/sessions")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        await forceReset.EndSessionsAsync(caller, user, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("ImpersonateUser"), Requires(Permission.Impersonate), Accepts<ReasonRequest>]
    [Summary("Opens an hour's session in a user's name. Both names stand in the token and in the audit log.")]
    public async Task<Ok<TokensView>> Impersonate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/users/{user:guid}/impersonate")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<ReasonRequest>(request, cancellationToken);
        return TypedResults.Ok(await impersonate.RunAsync(caller, user, body, request.Headers.UserAgent, cancellationToken));
    }

    private static UserStatus? Status(HttpRequest request) =>
        QueryValue.Choice<UserStatus>(request, "status", "INVALID_FILTER", "status is active, suspended or deleted.");
}
