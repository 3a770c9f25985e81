using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Me;

public sealed class MeFunctions(UserStore users, ChangeProfile change, DeleteAccount delete, ExportPersonalData export, Caller caller)
{
    [Function("ReadMe"), Authenticated, Summary("Reads the signed-in account.")]
    public async Task<Ok<UserView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(caller.Tenant, caller.RequireUser(), cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");
        return TypedResults.Ok(UserView.Of(user));
    }

    [Function("ChangeMe"), Authenticated, Accepts<ProfileRequest>, Summary("Sets the names and the phone of the signed-in account.")]
    public async Task<Ok<UserView>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<ProfileRequest>(request, cancellationToken);
        return TypedResults.Ok(await change.RunAsync(caller, body, cancellationToken));
    }

    [Function("DeleteMe"), Authenticated, Summary("Asks for the signed-in account to be deleted in fourteen days.")]
    public async Task<Ok<UserView>> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await delete.AskAsync(caller, cancellationToken));

    [Function("KeepMe"), Authenticated, Summary("Withdraws the wish to delete the signed-in account.")]
    public async Task<Ok<UserView>> Keep(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/keep")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await delete.WithdrawAsync(caller, cancellationToken));

    [Function("ExportMe"), Authenticated, RateLimitClass("export"), Summary("Everything the five services hold of the signed-in user, as a JSON file.")]
    public Task<IResult> Export(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/export")] HttpRequest request, CancellationToken cancellationToken) =>
        export.RunAsync(caller, cancellationToken);
}
