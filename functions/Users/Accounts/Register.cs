using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;
using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Users.Accounts;

public sealed record RegisterRequest
{
    [Required, StringLength(254)]
    public string Email { get; init; } = "";

    [Required, StringLength(200)]
    public string Username { get; init; } = "";

    [Required, StringLength(512)]
    public string Password { get; init; } = "";

    [StringLength(100)]
    public string? FirstName { get; init; }

    [StringLength(100)]
    public string? LastName { get; init; }

    [StringLength(30)]
    public string? Phone { get; init; }
}

/// <summary>
/// Opens an account that waits for its e-mail address to be proven. A taken address is answered like a new one, after the same work, and its
/// owner is told by mail; the username is gone either way, or asking for it again would tell.
/// </summary>
public sealed class Register(
    Database database, UserStore users, RoleStore roles, OneTimeTokenStore tokens, AccountMails mails, AuditLog audit, PasswordHasher passwords,
    TimeProvider time)
{
    private static readonly TimeSpan BetweenMails = TimeSpan.FromMinutes(10);

    public async Task<UserView> RunAsync(Caller caller, RegisterRequest request, CancellationToken cancellationToken)
    {
        var email = EmailAddress.Parse(request.Email);
        var username = Username.Parse(request.Username);
        var phone = PhoneNumber.Normalize(request.Phone);
        PasswordPolicy.Require(
            request.Password, "password",
            [
                caller.Profile!.Name, caller.Tenant.Value, email.Normalized, username.Normalized, request.FirstName, request.LastName, request.Phone, phone,
            ]);

        // Hashing takes a quarter of a second, so it happens before a connection is held.
        var hash = await passwords.HashAsync(request.Password, cancellationToken);
        var now = time.GetUtcNow();
        var role = await roles.FindBuiltInAsync(caller.Tenant, RoleStore.User, now, cancellationToken);
        var user = new NewUser(Guid.CreateVersion7(now), email, username, hash, request.FirstName, request.LastName, phone, EmailVerified: false);

        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (!await users.TakeUsernameAsync(transaction, username, user.Id, cancellationToken))
            throw Username.Taken();

        if (await InsertOrFindOwnerAsync(transaction, caller, user, now, cancellationToken) is { } owner)
            await TellOwnerAsync(transaction, caller, owner, username, now, cancellationToken);
        else
            await WelcomeAsync(transaction, caller, user, role, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        return new UserView(
            user.Id, email.Typed, username.Typed, user.FirstName, user.LastName, phone, EmailVerified: false, PhoneVerified: false, MfaEnabled: false,
            UserStatus.Active, now, null, null);
    }

    /// <summary>Null when the account is written; else the one that has the address, locked.</summary>
    private async Task<User?> InsertOrFindOwnerAsync(
        TenantTransaction transaction, Caller caller, NewUser user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The account that was in the way may be cleared away before it is found: then the address is free.
        while (!await users.TryInsertAsync(transaction, user, now, cancellationToken))
        {
            if (await users.FindByEmailForUpdateAsync(transaction, user.Email, cancellationToken) is { } owner
                && !await MakesWayAsync(transaction, caller, owner, user.Email, now, cancellationToken))
                return owner;
        }

        return null;
    }

    // An account that only waits for the clean-up is sent no link any more: whoever has the address could not get in before that. Its username
    // stays held until then, like one that was asked for with a taken address.
    private async Task<bool> MakesWayAsync(
        TenantTransaction transaction, Caller caller, User owner, EmailAddress email, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!owner.IsLeft(now))
            return false;

        await users.HoldUsernameAsync(transaction, LoginName.Fold(owner.Username), owner.CreatedAt + User.UnprovenKept, cancellationToken);
        await users.DropUnprovenAsync(transaction, email, cancellationToken);
        await transaction.PublishAsync(new UserDeleted(owner.Id), now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("account.removed", owner.Id, new { reason = "unproven" }), now, cancellationToken);
        return true;
    }

    private async Task WelcomeAsync(
        TenantTransaction transaction, Caller caller, NewUser user, Guid role, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await roles.AssignAsync(transaction, user.Id, role, null, now, cancellationToken);
        var token = await tokens.CreateAsync(
            transaction, TokenPurpose.VerifyEmail, user.Id, OneTimeToken.Life(TokenPurpose.VerifyEmail), now, cancellationToken);
        await mails.SendLinkAsync(
            transaction, new MailRecipient(user.Id, user.Email.Typed, caller.Profile!.Locale), "verify_email", "verify-email", token, null, now,
            cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.registered", user.Id), now, cancellationToken);
    }

    private async Task TellOwnerAsync(
        TenantTransaction transaction, Caller caller, User owner, Username asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await users.HoldUsernameAsync(transaction, asked.Normalized, now + User.UnprovenKept, cancellationToken);
        if (owner.OutlivesLink(now)
            && !await tokens.WasSentSinceAsync(transaction, TokenPurpose.ResetPassword, owner.Id, now - BetweenMails, cancellationToken))
        {
            var life = owner.LifeOfLink(TokenPurpose.ResetPassword, now);
            var token = await tokens.CreateAsync(transaction, TokenPurpose.ResetPassword, owner.Id, life, now, cancellationToken);
            await mails.SendLinkAsync(
                transaction, new MailRecipient(owner.Id, owner.Email, caller.Profile!.Locale), "account_exists", "reset-password", token, null, now,
                cancellationToken);
        }

        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.registered_again", owner.Id), now, cancellationToken);
    }
}
