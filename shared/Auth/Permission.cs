using System.Text.RegularExpressions;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Permissions read <c>area:act</c>; a role may hold <c>area:*</c> or <c>*</c>.</summary>
public static partial class Permission
{
    /// <summary>To act in the name of another user.</summary>
    public const string Impersonate = "users:impersonate";

    public static bool Allows(IReadOnlyCollection<string> granted, string needed)
    {
        var area = needed[..needed.IndexOf(':', StringComparison.Ordinal)];
        return granted.Any(permission => permission == "*" || permission == needed || permission == $"{area}:*");
    }

    /// <summary>Whether somebody who holds the one may give the other: nobody passes on what he lacks.</summary>
    public static bool Covers(IReadOnlyCollection<string> granted, IEnumerable<string> wanted) => Lacking(granted, wanted) is null;

    /// <summary>The first wanted one that whoever holds the granted ones may not give; null when he may give them all.</summary>
    public static string? Lacking(IReadOnlyCollection<string> granted, IEnumerable<string> wanted) =>
        wanted.FirstOrDefault(permission => !granted.Contains("*") && (permission == "*" || !Allows(granted, permission)));

    /// <summary>Whether the text is a permission: <c>*</c>, <c>area:*</c> or <c>area:act</c>.</summary>
    public static bool IsWellFormed(string? text) => text is not null && Form().IsMatch(text);

    [GeneratedRegex(@"^(\*|[a-z][a-z-]{0,30}:(\*|[a-z][a-z-]{0,30}))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
