using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Invitations;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Access;

public sealed record RoleRequest
{
    [Required, RegularExpression(@"^[a-z][a-z0-9-]{1,49}\z", ErrorMessage = "A role's name has 2 to 50 small letters, digits and '-'.")]
    public string Name { get; init; } = "";

    [StringLength(200)]
    public string Description { get; init; } = "";

    /// <summary>Such as <c>invoices:read</c>, <c>invoices:*</c> or <c>*</c>.</summary>
    [Required, MaxLength(100)]
    public string[] Permissions { get; init; } = [];
}

/// <summary>Makes, changes and deletes roles of a tenant. Whoever holds a changed role feels it on his next request.</summary>
public sealed class ManageRoles(
    Database database, RoleStore roles, AccessStore accesses, InvitationStore invitations, SessionStore sessions, SyncAccess sync,
    EndSessions endSessions, AuditLog audit, TimeProvider time)
{
    public async Task<RoleView> CreateAsync(Caller caller, RoleRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        caller.RequireRecentProof(now);
        Check(caller, request);
        var role = new Role(Guid.CreateVersion7(now), request.Name, request.Description, request.Permissions, now);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        // A tenant that nobody has joined yet has no roles; its built-in ones must not find their names taken.
        await RoleStore.CreateBuiltInAsync(transaction, now, cancellationToken);
        await roles.InsertAsync(transaction, role, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("role.created", role.Id, Detail(role)), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return RoleView.Of(role);
    }

    public async Task<RoleView> ChangeAsync(Caller caller, Guid id, RoleRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        caller.RequireRecentProof(now);
        Check(caller, request);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var known = await GetOwnAsync(transaction, caller, id, cancellationToken);
        var role = known with { Name = request.Name, Description = request.Description, Permissions = request.Permissions };
        await roles.UpdateAsync(transaction, role, cancellationToken);
        var holders = await accesses.BumpHoldersAsync(transaction, id, cancellationToken);
        await CommitAsync(transaction, caller, holders, [new AuditEntry("role.changed", id, Detail(role))], now, cancellationToken);
        return RoleView.Of(role);
    }

    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        caller.RequireRecentProof(now);
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var role = await GetOwnAsync(transaction, caller, id, cancellationToken);
        var holders = await accesses.BumpHoldersAsync(transaction, id, cancellationToken);
        var revoked = await invitations.RevokeOfRoleAsync(transaction, id, now, cancellationToken);
        await roles.DeleteAsync(transaction, id, cancellationToken);
        await CommitAsync(
            transaction, caller, holders,
            [new AuditEntry("role.deleted", id, Detail(role)), .. revoked.Select(invitation => Invite.Revoked(invitation, "role_deleted"))],
            now, cancellationToken);
    }

    private async Task CommitAsync(
        TenantTransaction transaction, Caller caller, IReadOnlyList<Guid> holders, IReadOnlyList<AuditEntry> entries, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var facts = holders.Select(BusinessEvent (holder) => new UserAccessChanged(holder)).ToList();
        if (facts.Count > 0)
            await transaction.SendAsync(Topology.BusinessEvents, facts, now, null, cancellationToken);
        var ended = await sessions.EndImpersonatedAsync(transaction, holders, "rights_changed", now, cancellationToken);
        foreach (var entry in entries)
            await audit.WriteAsync(transaction, AuditActor.Of(caller), entry, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await Task.WhenAll(sync.RightsAsync(caller.Tenant, holders, cancellationToken), endSessions.ForgetAsync(caller.Tenant, ended));
    }

    private async Task<Role> GetOwnAsync(TenantTransaction transaction, Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var role = await roles.GetForUpdateAsync(transaction, id, cancellationToken);
        if (role.IsBuiltIn)
            throw ProblemException.Conflict("ROLE_BUILT_IN", "Built-in roles cannot be changed. Make a role of your own.");
        AssignRole.RequireCover(caller, role.Permissions);
        return role;
    }

    private static void Check(Caller caller, RoleRequest request)
    {
        if (request.Permissions.Where(permission => !Permission.IsWellFormed(permission)).ToList() is [var malformed, ..])
            throw ProblemException.Invalid("permissions", "INVALID_PERMISSION", $"'{malformed}' is no permission. It reads invoices:read, invoices:* or *.");
        if (BuiltInRoles.All.ContainsKey(request.Name))
            throw ProblemException.Conflict("ROLE_NAME_TAKEN", "A built-in role has this name.");
        AssignRole.RequireCover(caller, request.Permissions);
    }

    private static object Detail(Role role) => new { role.Name, role.Permissions };
}
