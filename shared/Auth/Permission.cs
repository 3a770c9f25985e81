namespace ServerlessBusiness.Shared.Auth;

/// <summary>Permissions read <c>area:act</c>; a role may hold <c>area:*</c> or <c>*</c>.</summary>
public static class Permission
{
    public static bool Allows(IReadOnlyCollection<string> granted, string needed)
    {
        var area = needed[..needed.IndexOf(':', StringComparison.Ordinal)];
        return granted.Any(permission => permission == "*" || permission == needed || permission == $"{area}:*");
    }
}
