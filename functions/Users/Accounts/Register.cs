using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users.Accounts;

public sealed record RegisterRequest
{
    [Required, EmailAddress, StringLength(254)]
    public string Email { get; init; } = "";

    [Required, StringLength(50, MinimumLength = 3), RegularExpression(@"^[\p{L}\p{M}\p{N}\p{So}_.\-]+\z", ErrorMessage = "A username holds letters, digits, '_', '.' and '-'.")]
    public string Username { get; init; } = "";

    [Required, StringLength(128, MinimumLength = 8)]
    public string Password { get; init; } = "";

    [StringLength(100)]
    public string? FirstName { get; init; }

    [StringLength(100)]
    public string? LastName { get; init; }

    [StringLength(30)]
    public string? Phone { get; init; }
}

/// <summary>Opens an account with the role <c>user</c> and tells the other services.</summary>
public sealed class Register(Database database, UserStore users, RoleStore roles, PasswordHasher passwords, TimeProvider time)
{
    public async Task<UserView> RunAsync(Caller caller, RegisterRequest request, CancellationToken cancellationToken)
    {
        // Hashing takes a quarter of a second, so it happens before a connection is held.
        var hash = await passwords.HashAsync(request.Password, cancellationToken);
        var now = time.GetUtcNow();
        var role = await roles.FindBuiltInAsync(caller.Tenant, RoleStore.User, now, cancellationToken);
        var user = new User(
            Guid.CreateVersion7(now), request.Email.Trim(), request.Username.Trim(), hash, request.FirstName, request.LastName, request.Phone,
            EmailVerified: false, UserStatus.Active, now);

        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await users.InsertAsync(transaction, user, cancellationToken);
        await roles.AssignAsync(transaction, user.Id, role, now, cancellationToken);
        await transaction.PublishAsync(
            new UserRegistered(user.Id, user.Email, user.Username, user.FirstName, caller.Profile!.Locale), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return UserView.Of(user);
    }
}
