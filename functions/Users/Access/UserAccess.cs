using System.Text.Json;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Access;

/// <summary>Whom an access token is about, and the version of his permissions when it was written.</summary>
public sealed record TokenSubject(Guid User, string Email, string[] Roles, int Version);

/// <summary>What a user may do now, as the database says.</summary>
public sealed record UserAccess(string Email, UserStatus Status, int Version, string[] Roles, string[] Permissions)
{
    /// <summary>Roles and permissions come as JSON arrays.</summary>
    public static UserAccess Read(string email, UserStatus status, int version, string roles, string permissions) =>
        new(email, status, version, JsonSerializer.Deserialize<string[]>(roles)!, JsonSerializer.Deserialize<string[]>(permissions)!);

    /// <summary>As an access token tells it.</summary>
    public TokenSubject ToSubject(Guid user) => new(user, Email, Roles, Version);

    /// <summary>As Redis holds it for every app.</summary>
    public AccessState ToState() => new(Version, Permissions, Status != UserStatus.Active);
}
