using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Invitations;

namespace ServerlessBusiness.Users.Tenants;

/// <summary>
/// Invites the first administrator of the platform, whom a deployment names each time. Once there is one it changes nothing: whoever was
/// taken off does not come back that way.
/// </summary>
public sealed class InvitePlatformAdministrator(
    TenantStore tenants, UserStore users, RoleStore roles, AccessStore accesses, InvitationStore invitations, Invite invite, AuditLog audit,
    TimeProvider time)
{
    private static readonly Guid Nobody = Guid.Empty;

    public async Task RunAsync(PlatformAdministratorAsked asked, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var email = EmailAddress.Parse(asked.Email);
        if (transaction.Tenant != TenantId.Default)
            return;

        await roles.LockAdministratorsAsync(transaction, cancellationToken);
        if (await roles.HasAnotherAdministratorAsync(transaction, Nobody, cancellationToken)
            || await invitations.IsOpenAsync(transaction, email, now, cancellationToken))
            return;

        await RoleStore.CreateBuiltInAsync(transaction, now, cancellationToken);
        var admin = await roles.GetBuiltInAsync(transaction, BuiltInRoles.Admin, cancellationToken);
        var replaced = await invitations.RevokeOfPlatformAsync(transaction, now, cancellationToken);
        if (await users.FindByEmailAsync(transaction, email, cancellationToken) is { EmailVerified: true } user)
        {
            await GiveAsync(transaction, user, admin, now, cancellationToken);
        }
        else
        {
            var profile = (await tenants.FindAsync(transaction, cancellationToken))!.ToProfile();
            await invite.SendAsync(transaction, profile, email, admin, AuditActor.System, now, cancellationToken);
        }

        await invite.NoteReplacedAsync(transaction, replaced, AuditActor.System, now, cancellationToken);
    }

    // Somebody who registered before the platform had an administrator.
    private async Task GiveAsync(TenantTransaction transaction, User user, Role admin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await roles.AssignAsync(transaction, user.Id, admin.Id, by: null, now, cancellationToken))
            return;

        await accesses.BumpAsync(transaction, user.Id, cancellationToken);
        await transaction.PublishAsync(new UserAccessChanged(user.Id), now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.System, new AuditEntry("role.assigned", user.Id, new { role = admin.Name }), now, cancellationToken);
    }
}
