using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Me;

public sealed class MeFunctions(UserStore users, Caller caller)
{
    [Function("ReadMe"), Authenticated, Summary("Reads the signed-in account.")]
    public async Task<Ok<UserView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(caller.Tenant, caller.RequireUser(), cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");
        return TypedResults.Ok(UserView.Of(user));
    }
}
