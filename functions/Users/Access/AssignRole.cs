using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Access;

/// <summary>Gives a user a role or takes it away. It acts on his next request.</summary>
public sealed class AssignRole(
    Database database, RoleStore roles, AccessStore accesses, AdministratorGuard guard, SessionStore sessions, SyncAccess sync, AuditLog audit,
    TimeProvider time)
{
    public Task GiveAsync(Caller caller, Guid user, Guid role, CancellationToken cancellationToken) =>
        ChangeAsync(caller, user, role, "role.assigned", async (transaction, known, now) =>
        {
            // Who is shutting him out has looked at him as one of those who may be missed.
            if (known.Name == BuiltInRoles.Admin)
                await roles.LockAdministratorsAsync(transaction, cancellationToken);
            return await roles.AssignAsync(transaction, user, known.Id, caller.User, now, cancellationToken);
        }, cancellationToken);

    public Task TakeAsync(Caller caller, Guid user, Guid role, CancellationToken cancellationToken) =>
        ChangeAsync(caller, user, role, "role.revoked", async (transaction, known, _) =>
        {
            if (known.Name == BuiltInRoles.Admin)
                await guard.RequireAnotherAsync(transaction, user, cancellationToken);
            return await roles.RevokeAsync(transaction, user, known.Id, cancellationToken)
                ? true
                : throw ProblemException.NotFound("ROLE_NOT_ASSIGNED", "The user does not have this role.");
        }, cancellationToken);

    private async Task ChangeAsync(
        Caller caller, Guid user, Guid roleId, string action, Func<TenantTransaction, Role, DateTimeOffset, Task<bool>> change,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        caller.RequireRecentProof(now);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var role = await roles.GetForShareAsync(transaction, roleId, cancellationToken);
        RequireCover(caller, role.Permissions);
        var holder = await guard.RequireSubordinateAsync(transaction, caller, user, cancellationToken);
        if (!holder.EmailVerified)
            throw ProblemException.Conflict("USER_NOT_VERIFIED", "Nobody has proven this account's e-mail address yet, so it may be anybody's.");
        if (!await change(transaction, role, now))
            return;

        await accesses.BumpAsync(transaction, user, cancellationToken);
        // An administrator in somebody's name was measured against the rights that both had when he began.
        await sessions.EndImpersonatedAsync(transaction, [user], "rights_changed", now, cancellationToken);
        await transaction.PublishAsync(new UserAccessChanged(user), now, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry(action, user, new { role = role.Name }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sync.RunAsync(caller.Tenant, user, cancellationToken);
    }

    /// <exception cref="ProblemException">403: nobody passes on what he lacks.</exception>
    internal static void RequireCover(Caller caller, IEnumerable<string> permissions)
    {
        if (caller.Lacks(permissions) is { } lacking)
            throw ProblemException.Denied(lacking, "PERMISSION_NOT_HELD", "You cannot give what you do not hold yourself.");
    }
}
