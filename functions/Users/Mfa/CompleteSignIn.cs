using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Mfa;

public sealed record CompleteSignInRequest
{
    /// <summary>The token that the sign-in answered.</summary>
    [Required, StringLength(100)]
    public string MfaToken { get; init; } = "";

    [StringLength(20)]
    public string? Code { get; init; }

    [StringLength(40)]
    public string? RecoveryCode { get; init; }
}

/// <summary>Opens the session of somebody who gave the right password before and gives the second factor now.</summary>
public sealed class CompleteSignIn(
    Database database, UserStore users, MfaChallenges challenges, SecondFactorCheck check, OpenSession openSession, AuditLog audit,
    TimeProvider time)
{
    public async Task<TokensView> RunAsync(Caller caller, CompleteSignInRequest request, string? userAgent, CancellationToken cancellationToken)
    {
        var factor = new SecondFactor(request.Code, request.RecoveryCode);
        factor.RequireOne();
        var tenant = caller.Tenant;
        if (await challenges.TryAsync(tenant, request.MfaToken) is not { } challenge)
            throw await NoteFailureAsync(caller, user: null, "wrong_token", cancellationToken);
        // Who knew an earlier password only has proven nothing any more.
        if (await users.FindAsync(tenant, challenge.User, cancellationToken) is not { MaySignIn: true } user
            || user.PasswordChangedAt != challenge.PasswordChangedAt)
            throw await NoteFailureAsync(caller, challenge.User, "not_allowed", cancellationToken);

        var actor = AuditActor.Of(caller) with { Id = user.Id };
        var isRight = await check.RunAsync(
            caller, user.Id, factor, confirmed: true,
            async (transaction, now) =>
            {
                if (!await challenges.ConsumeAsync(tenant, request.MfaToken))
                    throw Refused();
                if (factor.RecoveryCode is not null)
                    await audit.WriteAsync(transaction, actor, new AuditEntry("mfa.recovery_code_used", user.Id), now, cancellationToken);
            },
            cancellationToken);
        if (!isRight)
            throw Refused();
        return await openSession.RunAsync(tenant, user, new SessionOrigin(caller.Address, userAgent), actor, cancellationToken) ?? throw Refused();
    }

    private async Task<ProblemException> NoteFailureAsync(Caller caller, Guid? user, string reason, CancellationToken cancellationToken)
    {
        await audit.WriteAloneAsync(database, caller, new AuditEntry("mfa.failed", user, new { reason }), time.GetUtcNow(), cancellationToken);
        return Refused();
    }

    // One answer whatever is wrong: a guess learns nothing.
    private static ProblemException Refused() => ProblemException.Unauthenticated(
        "MFA_REFUSED", "The code or the token of the sign-in is wrong, used, or too old. Take the next code, or sign in again.");
}
