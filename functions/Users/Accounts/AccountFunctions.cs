using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Accounts;

public sealed class AccountFunctions(Register register, UserStore users, Caller caller)
{
    [Function("RegisterAccount"), Anonymous, Idempotent, RateLimitClass("auth"), Accepts<RegisterRequest>]
    [Summary("Opens an account in the tenant.")]
    public async Task<Created<UserView>> Register(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/register")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RegisterRequest>(request, cancellationToken);
        return TypedResults.Created("/v1/me", await register.RunAsync(caller, body, cancellationToken));
    }

    [Function("ReadMe"), Authenticated, Summary("Reads the signed-in account.")]
    public async Task<Ok<UserView>> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(caller.Tenant, caller.RequireUser(), cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");
        return TypedResults.Ok(UserView.Of(user));
    }
}
