using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Administration;

/// <summary>Shuts an account out at once, and lets it in again.</summary>
public sealed class SuspendUser(
    Database database, UserDirectoryStore directory, AdministratorGuard guard, EndSessions endSessions, SyncAccess sync, AuditLog audit, TimeProvider time)
{
    public async Task RunAsync(Caller caller, Guid id, ReasonRequest request, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await guard.RequireSubordinateAsync(transaction, caller, id, cancellationToken);
        await guard.RequireAnotherAsync(transaction, id, cancellationToken);
        if (!await directory.SetStatusAsync(transaction, id, UserStatus.Active, UserStatus.Suspended, now, cancellationToken))
            throw ProblemException.Conflict("ALREADY_SUSPENDED", "This user is suspended already.");

        await endSessions.InAsync(transaction, id, except: null, "suspended", now, cancellationToken);
        await transaction.PublishAsync(new UserAccessChanged(id), now, cancellationToken);
        await transaction.PublishAsync(new UserSuspended(id, request.Reason), now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("user.suspended", id, new { request.Reason }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sync.RunAsync(caller.Tenant, id, cancellationToken);
    }

    public async Task ReinstateAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await guard.RequireSubordinateAsync(transaction, caller, id, cancellationToken);
        if (!await directory.SetStatusAsync(transaction, id, UserStatus.Suspended, UserStatus.Active, now, cancellationToken))
            throw ProblemException.Conflict("NOT_SUSPENDED", "This user is not suspended.");

        await transaction.PublishAsync(new UserAccessChanged(id), now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("user.reinstated", id), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sync.RunAsync(caller.Tenant, id, cancellationToken);
    }
}
