using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Invitations;

namespace ServerlessBusiness.Users.Tenants;

public sealed record InviteTenantAdministratorRequest
{
    [Required, StringLength(254)]
    public string AdministratorEmail { get; init; } = "";
}

/// <summary>
/// Invites an administrator of a tenant again, where the first invitation ran out or went to a wrong address. It takes the place of those that
/// the platform has sent before.
/// </summary>
public sealed class InviteTenantAdministrator(
    Database database, TenantStore tenants, UserStore users, RoleStore roles, InvitationStore invitations, Invite invite, TimeProvider time)
{
    public async Task<Invitation> RunAsync(
        Caller caller, TenantId id, InviteTenantAdministratorRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        caller.RequireRecentProof(now);
        // In the platform's own tenant he would give what he may lack himself.
        if (id == TenantId.Default)
            throw ProblemException.Conflict("PLATFORM_TENANT", "Invite to the platform's own tenant with POST /v1/invitations.");

        var email = EmailAddress.Parse(request.AdministratorEmail);
        await using var transaction = await database.BeginAsync(id, cancellationToken);
        var tenant = await tenants.FindAsync(transaction, cancellationToken) ?? throw ChangeTenant.NotFound();
        if (await users.FindByEmailAsync(transaction, email, cancellationToken) is { EmailVerified: true })
            throw ProblemException.Conflict("ALREADY_A_USER", "This address has an account in the tenant already.");

        await RoleStore.CreateBuiltInAsync(transaction, now, cancellationToken);
        var admin = await roles.GetBuiltInAsync(transaction, BuiltInRoles.Admin, cancellationToken);
        var replaced = await invitations.RevokeOfPlatformAsync(transaction, now, cancellationToken);
        var sent = await invite.SendAsync(transaction, tenant.ToProfile(), email, admin, AuditActor.Of(caller), now, cancellationToken);
        await invite.NoteReplacedAsync(transaction, replaced, AuditActor.Of(caller), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return sent;
    }
}
