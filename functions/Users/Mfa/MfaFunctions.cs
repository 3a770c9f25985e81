using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Mfa;

public sealed class MfaFunctions(
    CompleteSignIn completeSignIn, StepUp stepUp, EnrolTotp enrolTotp, ConfirmTotp confirmTotp, ChangeSecondFactor change, Caller caller)
{
    [Function("CompleteSignIn"), Anonymous, RateLimitClass("auth"), Accepts<CompleteSignInRequest>]
    [Summary("Completes a sign-in by the second factor: a code of the authenticator app or a recovery code.")]
    public async Task<Ok<TokensView>> Complete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/mfa")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<CompleteSignInRequest>(request, cancellationToken);
        return TypedResults.Ok(await completeSignIn.RunAsync(caller, body, request.Headers.UserAgent, cancellationToken));
    }

    [Function("StepUp"), Authenticated, RateLimitClass("auth"), Accepts<StepUpRequest>]
    [Summary("Proves again who uses the session, for ten minutes: by a code, or by the password where there is no second factor.")]
    public async Task<NoContent> StepUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/step-up")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<StepUpRequest>(request, cancellationToken);
        await stepUp.RunAsync(caller, body, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("EnrolTotp"), Authenticated, RateLimitClass("auth")]
    [Summary("Hands out the secret of an authenticator app. It counts once a code confirms it.")]
    public async Task<Ok<TotpEnrolmentView>> Enrol(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/mfa/totp")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await enrolTotp.RunAsync(caller, cancellationToken));

    [Function("ConfirmTotp"), Authenticated, RateLimitClass("auth"), Accepts<ConfirmTotpRequest>]
    [Summary("Turns the second factor on with its first code and shows ten recovery codes, once.")]
    public async Task<Ok<RecoveryCodesView>> Confirm(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/mfa/totp/confirm")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<ConfirmTotpRequest>(request, cancellationToken);
        return TypedResults.Ok(await confirmTotp.RunAsync(caller, body, cancellationToken));
    }

    [Function("DisableTotp"), Authenticated, Summary("Takes the second factor off.")]
    public async Task<NoContent> Disable(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/mfa/totp")] HttpRequest request, CancellationToken cancellationToken)
    {
        await change.DisableAsync(caller, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("RenewRecoveryCodes"), Authenticated, RateLimitClass("auth")]
    [Summary("Gives ten new recovery codes, shown once; the old ones are worth nothing from then on.")]
    public async Task<Ok<RecoveryCodesView>> Renew(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/mfa/recovery-codes")] HttpRequest request,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await change.RenewRecoveryCodesAsync(caller, cancellationToken));
}
