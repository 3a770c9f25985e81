using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mfa;

namespace ServerlessBusiness.Users.Sessions;

public sealed record SignInRequest
{
    /// <summary>E-mail address or username.</summary>
    [Required, StringLength(254)]
    public string Login { get; init; } = "";

    [Required, StringLength(512)]
    public string Password { get; init; } = "";
}

/// <summary>
/// Opens a session for whoever knows the password, or asks for the second factor. Unknown, wrong, locked, suspended and unverified are one
/// answer after one time.
/// </summary>
public sealed class SignIn(
    Database database, UserStore users, PasswordCheck check, MfaChallenges challenges, OpenSession openSession, AuditLog audit,
    TimeProvider time)
{
    public async Task<SignInView> RunAsync(Caller caller, SignInRequest request, string? userAgent, CancellationToken cancellationToken)
    {
        var tenant = caller.Tenant;
        var user = await users.FindByLoginAsync(tenant, request.Login, cancellationToken);
        var verdict = await check.RunAsync(tenant, user, request.Login, request.Password, cancellationToken);
        if (verdict != PasswordVerdict.Right || user is not { MaySignIn: true })
        {
            await NoteFailureAsync(caller, user, verdict, cancellationToken);
            throw Refused();
        }

        if (user.HasSecondFactor)
        {
            var mfaToken = await challenges.StartAsync(tenant, user);
            await audit.WriteAloneAsync(
                database, caller, new AuditEntry("sign_in.second_factor_asked", user.Id, new { by = "password" }), time.GetUtcNow(), cancellationToken);
            return SignInView.Ask(mfaToken, MfaChallenges.Life);
        }

        var tokens = await openSession.RunAsync(
            tenant, user, new SessionOrigin(caller.Address, userAgent), AuditActor.Of(caller) with { Id = user.Id }, cancellationToken);
        return SignInView.Of(tokens ?? throw Refused());
    }

    private static ProblemException Refused() => ProblemException.Unauthenticated("INVALID_CREDENTIALS", "Login or password is wrong.");

    private async Task NoteFailureAsync(Caller caller, User? user, PasswordVerdict verdict, CancellationToken cancellationToken)
    {
        var reason = verdict switch
        {
            PasswordVerdict.Locked => "locked",
            PasswordVerdict.Wrong => "wrong_password",
            _ => "not_allowed",
        };
        await audit.WriteAloneAsync(
            database, caller, new AuditEntry("sign_in.failed", user?.Id, new { reason }), time.GetUtcNow(), cancellationToken);
    }
}
