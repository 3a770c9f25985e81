using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;
using ServerlessBusiness.Users.Passwords;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Accounts;

public sealed record ResetPasswordRequest
{
    /// <summary>The token of the mail.</summary>
    [Required, StringLength(100)]
    public string Token { get; init; } = "";

    [Required, StringLength(512)]
    public string NewPassword { get; init; } = "";
}

/// <summary>Sets a new password by the token of a mail. All sessions end, the second factor stays, and the address is proven by the way.</summary>
public sealed class ResetPassword(
    Database database, UserStore users, OneTimeTokenStore tokens, PasswordHasher passwords, EndSessions endSessions, AccountProven proven,
    AccountMails mails, AuditLog audit, TimeProvider time)
{
    public async Task RunAsync(Caller caller, ResetPasswordRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Looked at before a quarter of a second of hashing is spent on it, used up after.
        var owner = await tokens.FindOwnerAsync(caller.Tenant, TokenPurpose.ResetPassword, request.Token, now, cancellationToken)
            ?? throw VerifyEmail.Refused();
        var user = await users.FindAsync(caller.Tenant, owner, cancellationToken) is { Status: UserStatus.Active } found ? found : throw VerifyEmail.Refused();
        PasswordPolicy.Require(request.NewPassword, "newPassword", [.. user.OwnWords, caller.Profile!.Name, caller.Tenant.Value]);
        var hash = await passwords.HashAsync(request.NewPassword, cancellationToken);

        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        // The user before his links, as everybody does: or two of them at once would wait for each other.
        if (!await users.SetPasswordAsync(transaction, user, hash, byMail: true, now, cancellationToken))
            throw VerifyEmail.Refused();
        if (await tokens.ConsumeAsync(transaction, TokenPurpose.ResetPassword, request.Token, now, cancellationToken) != owner)
            throw VerifyEmail.Refused();
        await tokens.VoidAsync(transaction, owner, now, cancellationToken);
        await proven.RunAsync(transaction, owner, caller.Profile.Locale, now, cancellationToken);
        var ended = await endSessions.InAsync(transaction, owner, except: null, "password_reset", now, cancellationToken);
        await mails.TellAsync(
            transaction, new MailRecipient(owner, user.Email, caller.Profile.Locale), "password_changed", null, now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.password_reset", owner), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(caller.Tenant, ended);
    }
}
