namespace ServerlessBusiness.Users.Accounts;

public enum UserStatus
{
    Active,
    Suspended,
    Deleted,
}

public sealed record User(
    Guid Id, string Email, string Username, string PasswordHash, string? FirstName, string? LastName, string? Phone,
    bool EmailVerified, UserStatus Status, DateTimeOffset CreatedAt, int AccessVersion = 1);

/// <summary>What the outside sees of an account: never the hash.</summary>
public sealed record UserView(
    Guid Id, string Email, string Username, string? FirstName, string? LastName, string? Phone, bool EmailVerified, UserStatus Status,
    DateTimeOffset CreatedAt)
{
    public static UserView Of(User user) => new(
        user.Id, user.Email, user.Username, user.FirstName, user.LastName, user.Phone, user.EmailVerified, user.Status, user.CreatedAt);
}
