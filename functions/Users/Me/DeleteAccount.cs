using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;

namespace ServerlessBusiness.Users.Me;

/// <summary>Asks for one's account to be deleted, two weeks from now, and thinks better of it.</summary>
public sealed class DeleteAccount(
    Database database, UserStore users, DeletionStore deletions, AdministratorGuard guard, AccountMails mails, AuditLog audit, TimeProvider time)
{
    public static readonly TimeSpan Grace = TimeSpan.FromDays(14);

    /// <summary>Until then everything works as before; asking again changes nothing.</summary>
    public async Task<UserView> AskAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = caller.RequireRecentProof(now);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await guard.RequireAnotherAsync(transaction, user, cancellationToken);
        if (await deletions.ScheduleAsync(transaction, user, now + Grace, now, cancellationToken))
        {
            var account = (await users.FindAsync(transaction, user, cancellationToken))!;
            await mails.TellAsync(
                transaction, new MailRecipient(user, account.Email, caller.Profile!.Locale), "account_deletion",
                new Dictionary<string, string> { ["date"] = $"{now + Grace:yyyy-MM-dd}" }, now, cancellationToken);
            await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.deletion_asked", user), now, cancellationToken);
        }

        return await CommitAsync(transaction, user, cancellationToken);
    }

    /// <exception cref="ProblemException">409 when nobody asked for it.</exception>
    public async Task<UserView> WithdrawAsync(Caller caller, CancellationToken cancellationToken)
    {
        var user = caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!await deletions.WithdrawAsync(transaction, user, now, cancellationToken))
            throw ProblemException.Conflict("NO_DELETION", "Nobody asked for this account to be deleted.");

        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.deletion_withdrawn", user), now, cancellationToken);
        return await CommitAsync(transaction, user, cancellationToken);
    }

    private async Task<UserView> CommitAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        var account = (await users.FindAsync(transaction, user, cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return UserView.Of(account);
    }
}
