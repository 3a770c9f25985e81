using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Administration;

/// <summary>Lets an administrator act as a user for an hour. Both names stand in the token and in every entry of the audit log.</summary>
public sealed class Impersonate(Database database, AdministratorGuard guard, AccessStore accesses, OpenSession openSession, TimeProvider time)
{
    public async Task<TokensView> RunAsync(Caller caller, Guid id, ReasonRequest request, string? userAgent, CancellationToken cancellationToken)
    {
        var administrator = caller.RequireRecentProof(time.GetUtcNow());
        if (administrator == id)
            throw ProblemException.Conflict("THIS_IS_YOU", "You are this user already.");

        User user;
        await using (var transaction = await database.BeginAsync(caller.Tenant, cancellationToken))
        {
            user = await guard.RequireSubordinateAsync(transaction, caller, id, cancellationToken);
            // What an administrator does stands under his own name only.
            var rights = (await accesses.FindAsync(transaction, id, cancellationToken))!;
            if (Permission.Allows(rights.Permissions, Permission.Impersonate))
                throw ProblemException.Denied(
                    Permission.Impersonate, "USER_MAY_MORE", "This user may act in the name of others himself; nobody acts in his.");
        }

        if (user.Status != UserStatus.Active)
            throw NotActive();
        if (!user.EmailVerified)
            throw ProblemException.Conflict("USER_NOT_VERIFIED", "Nobody has proven this account's e-mail address yet, so it may be anybody's.");

        return await openSession.ImpersonateAsync(
            caller.Tenant, user, administrator, new SessionOrigin(caller.Address, userAgent), AuditActor.Of(caller), request.Reason, cancellationToken)
            ?? throw NotActive();
    }

    private static ProblemException NotActive() =>
        ProblemException.Conflict("USER_NOT_ACTIVE", "This user is suspended; nobody can act in his name.");
}
