using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Mfa;

public sealed record StepUpRequest
{
    /// <summary>For an account without a second factor.</summary>
    [StringLength(512)]
    public string? Password { get; init; }

    [StringLength(20)]
    public string? Code { get; init; }

    [StringLength(40)]
    public string? RecoveryCode { get; init; }
}

/// <summary>Proves anew who uses a session, for what is sensitive. With a second factor the password is not enough.</summary>
public sealed class StepUp(
    Database database, UserStore users, AccessStore accesses, SessionStore sessionRows, SessionCache sessions, PasswordCheck passwords,
    SecondFactorCheck codes, AuditLog audit, TimeProvider time)
{
    public async Task RunAsync(Caller caller, StepUpRequest request, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(caller.Tenant, caller.RequireSelf(), cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");
        if (user.HasSecondFactor)
            await ByCodeAsync(caller, user, new SecondFactor(request.Code, request.RecoveryCode), cancellationToken);
        else
            await ByPasswordAsync(caller, user, request.Password, cancellationToken);
    }

    private async Task ByCodeAsync(Caller caller, User user, SecondFactor factor, CancellationToken cancellationToken)
    {
        factor.RequireOne();
        var isRight = await codes.RunAsync(
            caller, user.Id, factor, confirmed: true,
            (transaction, now) => ProveAsync(transaction, caller, user.Id, factor.RecoveryCode is null ? "code" : "recovery_code", now, cancellationToken),
            cancellationToken);
        if (!isRight)
            throw ProblemException.Forbidden("WRONG_CODE", "The code is wrong or was used, or it was wrong too often: wait for the next one.");
    }

    private async Task ByPasswordAsync(Caller caller, User user, string? password, CancellationToken cancellationToken)
    {
        if (password is null)
            throw ProblemException.Invalid("password", "PASSWORD_NEEDED", "Send the password: this account has no second factor.");
        if (await passwords.RunAsync(caller.Tenant, user, user.Username, password, cancellationToken) != PasswordVerdict.Right)
        {
            await audit.WriteAloneAsync(database, caller, new AuditEntry("session.step_up_failed", user.Id), time.GetUtcNow(), cancellationToken);
            throw ProblemException.Forbidden("WRONG_PASSWORD", "The password is wrong, or it was wrong too often: wait a moment.");
        }

        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await ProveAsync(transaction, caller, user.Id, "password", time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Notes in the session that its user has just proven who he is.</summary>
    internal async Task ProveAsync(
        TenantTransaction transaction, Caller caller, Guid user, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var session = caller.Session!.Value;
        // Locks the session's row: who ends the session waits, and takes out of Redis what is written there below.
        var expiresAt = await sessionRows.ProveAsync(transaction, session, now, cancellationToken)
            ?? throw ProblemException.Unauthenticated("SESSION_ENDED", "This session has ended. Sign in again.");
        var rights = (await accesses.FindAsync(transaction, user, cancellationToken))!;
        await sessions.SetAsync(caller.Tenant, session, new SessionState(user, now), rights.ToState(), expiresAt - now);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("session.stepped_up", user, new { session, by }), now, cancellationToken);
    }
}
