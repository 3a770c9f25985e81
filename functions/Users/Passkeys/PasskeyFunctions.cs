using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Passkeys;

public sealed class PasskeyFunctions(
    AddPasskey addPasskey, ChangePasskey changePasskey, SignInByPasskey signIn, StepUpByPasskey stepUp, PasskeyStore store, Caller caller)
{
    [Function("BeginPasskeySignIn"), Anonymous, RateLimitClass("auth")]
    [Summary("Gives the options with which a page asks for a passkey to sign in. They name nobody and are good once, for five minutes.")]
    public async Task<Ok<PasskeyPrompt>> BeginSignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/passkey/options")] HttpRequest request,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await signIn.BeginAsync(caller));

    [Function("SignInByPasskey"), Anonymous, RateLimitClass("auth"), Accepts<PasskeyProofRequest>]
    [Summary("Signs in by a passkey. One that verified its user needs no second factor.")]
    public async Task<Ok<SignInView>> SignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/passkey")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<PasskeyProofRequest>(request, cancellationToken);
        return TypedResults.Ok(await signIn.CompleteAsync(caller, body, request.Headers.UserAgent, cancellationToken));
    }

    [Function("BeginPasskeyStepUp"), Authenticated, RateLimitClass("auth")]
    [Summary("Gives the options with which a page asks for one of the user's passkeys to prove again who uses the session.")]
    public async Task<Ok<PasskeyPrompt>> BeginStepUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/step-up/passkey/options")] HttpRequest request,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await stepUp.BeginAsync(caller, cancellationToken));

    [Function("StepUpByPasskey"), Authenticated, RateLimitClass("auth"), Accepts<PasskeyProofRequest>]
    [Summary("Proves again who uses the session, for ten minutes: by a passkey that verified its user.")]
    public async Task<NoContent> StepUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/step-up/passkey")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        await stepUp.CompleteAsync(caller, await RequestBody.ReadAsync<PasskeyProofRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("BeginPasskey"), Authenticated, RateLimitClass("auth")]
    [Summary("Gives the options with which a page has a passkey made. They are good once, for five minutes.")]
    public async Task<Ok<NewPasskeyPrompt>> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/passkeys/options")] HttpRequest request,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await addPasskey.BeginAsync(caller, cancellationToken));

    [Function("AddPasskey"), Authenticated, RateLimitClass("auth"), Accepts<AddPasskeyRequest>]
    [Summary("Adds the passkey that was made by those options. Its owner is told by mail.")]
    public async Task<Created<PasskeyView>> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/passkeys")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<AddPasskeyRequest>(request, cancellationToken);
        return TypedResults.Created("/v1/me/passkeys", await addPasskey.CompleteAsync(caller, body, cancellationToken));
    }

    [Function("ListPasskeys"), Authenticated, Summary("Lists the passkeys of the signed-in user, newest first.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 passkeys.")]
    public async Task<Ok<Page<PasskeyView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/passkeys")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await store.ListAsync(caller.Tenant, caller.RequireSelf(), page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, passkey => passkey.Id, PasskeyView.Of));
    }

    [Function("RenamePasskey"), Authenticated, Accepts<RenamePasskeyRequest>, Summary("Gives a passkey another name.")]
    public async Task<Ok<PasskeyView>> Rename(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/me/passkeys/{passkey:guid}")] HttpRequest request, Guid passkey,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RenamePasskeyRequest>(request, cancellationToken);
        return TypedResults.Ok(await changePasskey.RenameAsync(caller, passkey, body, cancellationToken));
    }

    [Function("RemovePasskey"), Authenticated, RateLimitClass("auth"), Summary("Takes a passkey off. Its owner is told by mail.")]
    public async Task<NoContent> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/passkeys/{passkey:guid}")] HttpRequest request, Guid passkey,
        CancellationToken cancellationToken)
    {
        await changePasskey.RemoveAsync(caller, passkey, cancellationToken);
        return TypedResults.NoContent();
    }
}
