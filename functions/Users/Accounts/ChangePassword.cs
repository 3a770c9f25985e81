using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;
using ServerlessBusiness.Users.Passwords;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Accounts;

public sealed record ChangePasswordRequest
{
    [Required, StringLength(512)]
    public string CurrentPassword { get; init; } = "";

    [Required, StringLength(512)]
    public string NewPassword { get; init; } = "";
}

/// <summary>Sets a new password for somebody who knows the current one. His other sessions end.</summary>
public sealed class ChangePassword(
    Database database, UserStore users, OneTimeTokenStore tokens, PasswordCheck check, PasswordHasher passwords,
    SessionStore sessionRows, EndSessions endSessions, AccountMails mails, AuditLog audit, TimeProvider time)
{
    public async Task RunAsync(Caller caller, ChangePasswordRequest request, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(caller.Tenant, caller.RequireSelf(), cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");
        PasswordPolicy.Require(request.NewPassword, "newPassword", [.. user.OwnWords, caller.Profile!.Name, caller.Tenant.Value]);
        if (await check.RunAsync(caller.Tenant, user, user.Username, request.CurrentPassword, cancellationToken) != PasswordVerdict.Right)
        {
            await audit.WriteAloneAsync(
                database, caller, new AuditEntry("account.password_change_failed", user.Id), time.GetUtcNow(), cancellationToken);
            throw Refused();
        }

        var hash = await passwords.HashAsync(request.NewPassword, cancellationToken);
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!await users.SetPasswordAsync(transaction, user, hash, byMail: false, now, cancellationToken))
            throw Refused();
        // It may have ended while the passwords waited to be hashed.
        if (await sessionRows.FindLivingForUpdateAsync(transaction, caller.Session!.Value, now, cancellationToken) is null)
            throw ProblemException.Unauthenticated("SESSION_ENDED", "This session has ended. Sign in again.");
        await tokens.VoidAsync(transaction, user.Id, now, cancellationToken);
        var ended = await endSessions.InAsync(transaction, user.Id, caller.Session, "password_changed", now, cancellationToken);
        await mails.TellAsync(
            transaction, new MailRecipient(user.Id, user.Email, caller.Profile.Locale), "password_changed", null, now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.password_changed", user.Id), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(caller.Tenant, ended);
    }

    private static ProblemException Refused() =>
        ProblemException.Forbidden("WRONG_PASSWORD", "The current password is wrong, or it was wrong too often: wait a moment.");
}
