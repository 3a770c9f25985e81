using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
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
    Database database, UserStore users, PasswordCheck check, MfaChallenges challenges, OpenSession openSession, RateLimiter limiter,
    AuditLog audit, IOptions<SignInOptions> options, TimeProvider time)
{
    public async Task<SignInView> RunAsync(Caller caller, SignInRequest request, string? userAgent, CancellationToken cancellationToken)
    {
        await LimitAddressAsync(caller);
        var tenant = caller.Tenant;
        var user = await users.FindByLoginAsync(tenant, request.Login, cancellationToken);
        var verdict = await check.RunAsync(tenant, user, request.Login, request.Password, cancellationToken);
        if (verdict != PasswordVerdict.Right || user is not { MaySignIn: true })
        {
            await NoteFailureAsync(caller, user, verdict, cancellationToken);
            throw Refused();
        }

        var origin = new SessionOrigin(caller.Address, userAgent);
        return user.HasSecondFactor
            ? SignInView.Ask(await challenges.StartAsync(tenant, user.Id), MfaChallenges.Life)
            : SignInView.Of(await openSession.RunAsync(tenant, user, origin, AuditActor.Of(caller) with { Id = user.Id }, cancellationToken));
    }

    internal static ProblemException Refused() => ProblemException.Unauthenticated("INVALID_CREDENTIALS", "Login or password is wrong.");

    private async Task LimitAddressAsync(Caller caller)
    {
        if (caller.Address is not { } address)
            return;

        var taken = await limiter.TakeAsync(caller.Tenant, $"sign-in:{ClientAddress.Network(address)}", options.Value.PerAddress);
        if (!taken.Allowed)
            throw new ProblemException(429, "TOO_MANY_SIGN_INS", "Too many sign-ins from this address. Wait as long as Retry-After says.") { RetryAfter = taken.RetryAfter };
    }

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
