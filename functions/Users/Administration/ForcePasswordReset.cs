using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Administration;

/// <summary>Ends a user's sessions; with a forced reset he signs in again only after he has set a new password by mail.</summary>
public sealed class ForcePasswordReset(
    Database database, UserDirectoryStore directory, AdministratorGuard guard, EndSessions endSessions, SendAccountHelp help, AuditLog audit,
    TimeProvider time)
{
    public async Task RunAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var user = await guard.RequireSubordinateAsync(transaction, caller, id, cancellationToken);
        await directory.RequireResetAsync(transaction, id, now, cancellationToken);
        var ended = await endSessions.InAsync(transaction, id, except: null, "reset_forced", now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("user.reset_forced", id), now, cancellationToken);
        await help.SendAsync(transaction, user, TokenPurpose.ResetPassword, AuditActor.Of(caller), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(caller.Tenant, ended);
    }

    public async Task EndSessionsAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await guard.RequireSubordinateAsync(transaction, caller, id, cancellationToken);
        var ended = await endSessions.InAsync(transaction, id, except: null, "ended_by_administrator", now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("session.all_ended", id, new { count = ended.Count }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await endSessions.ForgetAsync(caller.Tenant, ended);
    }
}
