using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Sessions;

public sealed class SessionFunctions(
    SignIn signIn, RefreshSession refreshSession, SignOut signOut, Introspect introspect, SessionStore sessions, Caller caller, TimeProvider time)
{
    [Function("SignIn"), Anonymous, RateLimitClass("auth"), Accepts<SignInRequest>]
    [Summary("Signs in with e-mail address or username and password.")]
    public async Task<Ok<SignInView>> SignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/login")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<SignInRequest>(request, cancellationToken);
        return TypedResults.Ok(await signIn.RunAsync(caller, body, request.Headers.UserAgent, cancellationToken));
    }

    [Function("RefreshSession"), Anonymous(NeedsTenant = false), Accepts<RefreshRequest>]
    [Summary("Exchanges a refresh token for new tokens. The tenant is the token's.")]
    public async Task<Ok<TokensView>> Refresh(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/refresh")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RefreshRequest>(request, cancellationToken);
        return TypedResults.Ok(await refreshSession.RunAsync(
            caller, body, request.Headers.UserAgent, request.HttpContext.Response, cancellationToken));
    }

    [Function("SignOut"), Authenticated, Summary("Ends the session of the token.")]
    public async Task<NoContent> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/logout")] HttpRequest request, CancellationToken cancellationToken)
    {
        caller.RequireUser();
        await signOut.CurrentAsync(caller, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("IntrospectToken"), Authenticated, Accepts<IntrospectRequest>]
    [Summary("Tells a service whether an access token is good at this moment.")]
    public async Task<Ok<IntrospectionView>> Introspect(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/introspect")] HttpRequest request, CancellationToken cancellationToken)
    {
        caller.RequireService();
        var body = await RequestBody.ReadAsync<IntrospectRequest>(request, cancellationToken);
        return TypedResults.Ok(await introspect.RunAsync(caller.Tenant, body.Token, cancellationToken));
    }

    [Function("ListSessions"), Authenticated, Summary("Lists the living sessions of the signed-in user, newest first.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 sessions.")]
    public async Task<Ok<Page<SessionView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/sessions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var living = await sessions.ListAsync(caller.Tenant, caller.RequireUser(), page, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(page.Cut(living, session => session.Id, session => session with { Current = session.Id == caller.Session }));
    }

    [Function("EndSession"), Authenticated, Summary("Ends one session of the signed-in user.")]
    public async Task<NoContent> End(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/sessions/{session:guid}")] HttpRequest request, Guid session,
        CancellationToken cancellationToken)
    {
        await signOut.OneAsync(caller, session, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("EndOtherSessions"), Authenticated, Summary("Ends all sessions of the signed-in user but this one.")]
    public async Task<NoContent> EndOthers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/sessions/end-others")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        await signOut.AllAsync(caller, keepCurrent: true, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("EndAllSessions"), Authenticated, Summary("Ends all sessions of the signed-in user.")]
    public async Task<NoContent> EndAll(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/sessions")] HttpRequest request, CancellationToken cancellationToken)
    {
        await signOut.AllAsync(caller, keepCurrent: false, cancellationToken);
        return TypedResults.NoContent();
    }
}
