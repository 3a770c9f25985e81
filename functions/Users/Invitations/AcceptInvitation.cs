using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Users.Invitations;

public sealed record AcceptInvitationRequest
{
    /// <summary>The token of the mail.</summary>
    [Required, StringLength(100)]
    public string Token { get; init; } = "";

    [Required, StringLength(200)]
    public string Username { get; init; } = "";

    [Required, StringLength(512)]
    public string Password { get; init; } = "";

    [StringLength(100)]
    public string? FirstName { get; init; }

    [StringLength(100)]
    public string? LastName { get; init; }
}

/// <summary>Opens the account somebody was invited to. The mail has proven its address.</summary>
public sealed class AcceptInvitation(
    Database database, UserStore users, RoleStore roles, AccessStore accesses, InvitationStore invitations, PasswordHasher passwords, AuditLog audit, TimeProvider time)
{
    public async Task<UserView> RunAsync(Caller caller, AcceptInvitationRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var tokenHash = OneTimeToken.Hash(caller.Tenant, TokenPurpose.AcceptInvitation, request.Token);
        var invitation = await invitations.FindOpenAsync(caller.Tenant, tokenHash, now, cancellationToken) ?? throw VerifyEmail.Refused();
        var email = EmailAddress.Parse(invitation.Email);
        var username = Username.Parse(request.Username);
        PasswordPolicy.Require(
            request.Password, "password",
            [caller.Profile!.Name, caller.Tenant.Value, email.Normalized, username.Normalized, request.FirstName, request.LastName]);
        var hash = await passwords.HashAsync(request.Password, cancellationToken);
        var user = new NewUser(invitation.Id, email, username, hash, request.FirstName, request.LastName, Phone: null, EmailVerified: true);

        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        // The role before the invitation, as who deletes the role takes them: else each would wait for the other.
        if (invitation.RoleId is not { } roleId
            || await roles.FindForShareAsync(transaction, roleId, cancellationToken) is not { } role
            || !await invitations.AcceptAsync(transaction, invitation.Id, now, cancellationToken)
            || !await InviterStillMayAsync(transaction, invitation, role, cancellationToken))
            throw VerifyEmail.Refused();
        var dropped = await users.DropUnprovenAsync(transaction, email, cancellationToken);
        if (!await users.TakeUsernameAsync(transaction, username, user.Id, cancellationToken))
            throw Username.Taken();
        if (!await users.TryInsertAsync(transaction, user, now, cancellationToken))
            throw ProblemException.Conflict("ALREADY_A_USER", "This address has an account by now. Sign in with it.");

        await roles.AssignAsync(transaction, user.Id, role.Id, invitation.InvitedBy, now, cancellationToken);
        var created = (await users.FindAsync(transaction, user.Id, cancellationToken))!;
        await AccountProven.PublishAsync(transaction, created, caller.Profile.Locale, now, cancellationToken);
        if (dropped is { } unproven)
        {
            await transaction.PublishAsync(new UserDeleted(unproven), now, cancellationToken);
            await audit.WriteAsync(
                transaction, AuditActor.Of(caller), new AuditEntry("account.removed", unproven, new { reason = "invitation" }), now, cancellationToken);
        }

        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("invitation.accepted", user.Id, new { role = invitation.Role }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return UserView.Of(created);
    }

    // Whoever was shut out or lost the right since gives nothing any more. The platform invites the first administrator from another tenant.
    private async Task<bool> InviterStillMayAsync(
        TenantTransaction transaction, Invitation invitation, Role role, CancellationToken cancellationToken) =>
        invitation.InvitedBy is not { } inviter
        || await accesses.FindAsync(transaction, inviter, cancellationToken) is not { } access
        || (access.Status == UserStatus.Active && Permission.Covers(access.Permissions, role.Permissions));
}
