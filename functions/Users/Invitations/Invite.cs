using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;

namespace ServerlessBusiness.Users.Invitations;

public sealed record InviteRequest
{
    [Required, StringLength(254)]
    public string Email { get; init; } = "";

    /// <summary>The role the account will have.</summary>
    [Required]
    public Guid? RoleId { get; init; }
}

/// <summary>Invites somebody into the tenant with a role, by mail, for seven days.</summary>
public sealed class Invite(
    Database database, UserStore users, RoleStore roles, InvitationStore invitations, AccountMails mails, AuditLog audit, TimeProvider time)
{
    public async Task<Invitation> RunAsync(Caller caller, InviteRequest request, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        var email = EmailAddress.Parse(request.Email);
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        var role = await roles.GetForShareAsync(transaction, request.RoleId!.Value, cancellationToken);
        AssignRole.RequireCover(caller, role.Permissions);
        // To give a role is sensitive, by whichever way it is given.
        if (role.Permissions.Length > 0)
            caller.RequireRecentProof(now);
        // An account whose address nobody has proven may be anybody's: the invitation takes its place.
        if (await users.FindByEmailAsync(transaction, email, cancellationToken) is { EmailVerified: true })
            throw ProblemException.Conflict("ALREADY_A_USER", "This address has an account in the tenant. Give it the role instead.");

        var invitation = await SendAsync(transaction, caller.Profile!, email, role, AuditActor.Of(caller), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return invitation;
    }

    /// <summary>Writes the invitation and its mail in the caller's transaction.</summary>
    internal async Task<Invitation> SendAsync(
        TenantTransaction transaction, TenantProfile tenant, EmailAddress email, Role role, AuditActor actor, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var token = OneTimeToken.Create();
        var hash = OneTimeToken.Hash(transaction.Tenant, TokenPurpose.AcceptInvitation, token);
        var invitation = new Invitation(
            Guid.CreateVersion7(now), email.Typed, role.Id, role.Name, actor.Id, now, now + OneTimeToken.Life(TokenPurpose.AcceptInvitation), null, null);
        await invitations.InsertAsync(
            transaction, invitation.Id, email, role, hash, actor.Id, now, invitation.ExpiresAt, cancellationToken);
        await mails.SendLinkAsync(
            transaction, new MailRecipient(invitation.Id, email.Typed, tenant.Locale), "invitation", "accept-invitation", token,
            new Dictionary<string, string> { ["tenant"] = tenant.Name }, now, cancellationToken);
        await audit.WriteAsync(transaction, actor, new AuditEntry("invitation.sent", invitation.Id, new { role = role.Name }), now, cancellationToken);
        return invitation;
    }

    /// <summary>Writes down which invitations were taken back because another one was sent.</summary>
    internal async Task NoteReplacedAsync(
        TenantTransaction transaction, IReadOnlyList<Guid> replaced, AuditActor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var id in replaced)
            await audit.WriteAsync(transaction, actor, Revoked(id, "replaced"), now, cancellationToken);
    }

    internal static AuditEntry Revoked(Guid id, string reason) => new("invitation.revoked", id, new { reason });

    public async Task RevokeAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        caller.RequireSelf();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!await invitations.RevokeAsync(transaction, id, now, cancellationToken))
            throw ProblemException.NotFound("INVITATION_NOT_FOUND", "There is no such open invitation.");

        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("invitation.revoked", id), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
