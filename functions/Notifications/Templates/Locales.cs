namespace ServerlessBusiness.Notifications.Templates;

/// <summary>The languages that texts are written in.</summary>
internal static class Locales
{
    public const string English = "en";
    public const string Indonesian = "id";

    public static readonly IReadOnlyList<string> All = [English, Indonesian];

    /// <summary>The language of a tag such as <c>id-ID</c>; what we do not write is English.</summary>
    public static string Of(string? tag) =>
        tag?.Split('-', '_')[0].Equals(Indonesian, StringComparison.OrdinalIgnoreCase) == true ? Indonesian : English;
}
