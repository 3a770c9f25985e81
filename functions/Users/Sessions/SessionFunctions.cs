using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Sessions;

public sealed class SessionFunctions(SignIn signIn, RefreshSession refreshSession, SignOut signOut, Caller caller)
{
    [Function("SignIn"), Anonymous, RateLimitClass("auth"), Accepts<SignInRequest>]
    [Summary("Signs in with e-mail address or username and password.")]
    public async Task<Ok<TokensView>> SignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/login")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<SignInRequest>(request, cancellationToken);
        var origin = new SessionOrigin(request.HttpContext.Connection.RemoteIpAddress, request.Headers.UserAgent);
        return TypedResults.Ok(await signIn.RunAsync(caller.Tenant, body, origin, cancellationToken));
    }

    [Function("RefreshSession"), Anonymous(NeedsTenant = false), Accepts<RefreshRequest>]
    [Summary("Exchanges a refresh token for new tokens. The tenant is the token's.")]
    public async Task<Ok<TokensView>> Refresh(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/refresh")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RefreshRequest>(request, cancellationToken);
        return TypedResults.Ok(await refreshSession.RunAsync(body, cancellationToken));
    }

    [Function("SignOut"), Authenticated, Summary("Ends the session of the token.")]
    public async Task<NoContent> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/logout")] HttpRequest request, CancellationToken cancellationToken)
    {
        caller.RequireUser();
        await signOut.RunAsync(caller.Tenant, caller.Session!.Value, cancellationToken);
        return TypedResults.NoContent();
    }
}
