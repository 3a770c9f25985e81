using System.Text.Json;

namespace ServerlessBusiness.Users.Access;

public sealed record Role(Guid Id, string Name, string Description, string[] Permissions, DateTimeOffset CreatedAt)
{
    public bool IsBuiltIn => BuiltInRoles.All.ContainsKey(Name);
}

/// <summary>Roles every tenant has and nobody changes.</summary>
internal static class BuiltInRoles
{
    public const string Admin = "admin";
    public const string User = "user";

    public static readonly IReadOnlyDictionary<string, string[]> All = new Dictionary<string, string[]>
    {
        [Admin] = ["*"],
        ["billing"] = ["invoices:*", "payments:*", "subscriptions:read"],
        ["support"] = ["users:read", "subscriptions:read", "invoices:read", "payments:read", "notifications:read"],
        [User] = [],
    };
}

public sealed record RoleView(Guid Id, string Name, string Description, IReadOnlyList<string> Permissions, bool BuiltIn, DateTimeOffset CreatedAt)
{
    public static RoleView Of(Role role) => new(role.Id, role.Name, role.Description, role.Permissions, role.IsBuiltIn, role.CreatedAt);
}

internal sealed record RoleRow(Guid Id, string Name, string Description, string Permissions, DateTimeOffset CreatedAt)
{
    public Role ToRole() => new(Id, Name, Description, JsonSerializer.Deserialize<string[]>(Permissions)!, CreatedAt);
}
