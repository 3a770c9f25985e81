using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Accounts;

public sealed record EmailRequest
{
    [Required, StringLength(254)]
    public string Email { get; init; } = "";
}

public sealed class AccountFunctions(
    Register register, VerifyEmail verifyEmail, SendAccountHelp help, ResetPassword resetPassword, ChangePassword changePassword, Caller caller)
{
    [Function("RegisterAccount"), Anonymous, Idempotent, RateLimitClass("auth"), Accepts<RegisterRequest>]
    [Summary("Opens an account and mails a link that proves the address. A taken address is answered alike.")]
    public async Task<Created<UserView>> Register(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/register")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RegisterRequest>(request, cancellationToken);
        return TypedResults.Created("/v1/me", await register.RunAsync(caller, body, cancellationToken));
    }

    [Function("VerifyEmail"), Anonymous, RateLimitClass("auth"), Accepts<TokenRequest>]
    [Summary("Proves an e-mail address by the token of the mail.")]
    public async Task<NoContent> Verify(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/email/verify")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        await verifyEmail.RunAsync(caller, await RequestBody.ReadAsync<TokenRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("ResendVerification"), Anonymous, Idempotent, RateLimitClass("auth"), Accepts<EmailRequest>]
    [Summary("Mails a new verification link, if the address waits for one. The answer does not tell.")]
    public async Task<Accepted> Resend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/email/resend")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<EmailRequest>(request, cancellationToken);
        await help.AskAsync(caller.Tenant, body.Email, SendAccountHelp.VerifyEmail, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    [Function("ForgotPassword"), Anonymous, Idempotent, RateLimitClass("auth"), Accepts<EmailRequest>]
    [Summary("Mails a link to set a new password, if the address is an account's. The answer does not tell.")]
    public async Task<Accepted> Forgot(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/password/forgot")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<EmailRequest>(request, cancellationToken);
        await help.AskAsync(caller.Tenant, body.Email, SendAccountHelp.ResetPassword, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    [Function("ResetPassword"), Anonymous, RateLimitClass("auth"), Accepts<ResetPasswordRequest>]
    [Summary("Sets a new password by the token of the mail. All sessions end; a second factor stays.")]
    public async Task<NoContent> Reset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/password/reset")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        await resetPassword.RunAsync(caller, await RequestBody.ReadAsync<ResetPasswordRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("ChangePassword"), Authenticated, RateLimitClass("auth"), Accepts<ChangePasswordRequest>]
    [Summary("Sets a new password. The other sessions end.")]
    public async Task<NoContent> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/password")] HttpRequest request, CancellationToken cancellationToken)
    {
        await changePassword.RunAsync(caller, await RequestBody.ReadAsync<ChangePasswordRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.NoContent();
    }
}
