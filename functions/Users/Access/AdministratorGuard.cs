using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Access;

/// <summary>Who may act on whom: never on somebody who may more, and never so that a tenant is left without an administrator.</summary>
public sealed class AdministratorGuard(RoleStore roles, AccessStore accesses, UserStore users)
{
    /// <summary>The account, when the caller holds everything that its user holds.</summary>
    /// <exception cref="ProblemException">404, or 403 <c>USER_MAY_MORE</c>.</exception>
    public async Task<User> RequireSubordinateAsync(TenantTransaction transaction, Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(transaction, id, cancellationToken);
        if (user is not { Status: not UserStatus.Deleted })
            throw ProblemException.NotFound("USER_NOT_FOUND", "There is no such user in this tenant.");

        var access = (await accesses.FindAsync(transaction, id, cancellationToken))!;
        return caller.Lacks(access.Permissions) is { } lacking
            ? throw ProblemException.Denied(lacking, "USER_MAY_MORE", "This user holds permissions that you lack.")
            : user;
    }

    /// <exception cref="ProblemException">409 <c>LAST_ADMINISTRATOR</c>.</exception>
    public async Task RequireAnotherAsync(TenantTransaction transaction, Guid besides, CancellationToken cancellationToken)
    {
        // Before anything is looked at: he may be becoming one at this moment.
        await roles.LockAdministratorsAsync(transaction, cancellationToken);
        var held = await roles.ListOfUserAsync(transaction, besides, cancellationToken);
        if (held.Any(role => role.Name == BuiltInRoles.Admin) && !await roles.HasAnotherAdministratorAsync(transaction, besides, cancellationToken))
            throw ProblemException.Conflict("LAST_ADMINISTRATOR", "This is the tenant's last administrator. Make another one first.");
    }
}
