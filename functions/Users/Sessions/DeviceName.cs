namespace ServerlessBusiness.Users.Sessions;

/// <summary>
/// What a session's owner would call where it comes from: browser, system and address. Words of the client's own are left out: they stand in
/// our messages, and whoever has the password could write there.
/// </summary>
internal static class DeviceName
{
    // The first that is found counts: browsers name their ancestors too.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    public static string Of(SessionOrigin origin)
    {
        string?[] parts = [Find(Browsers, origin.UserAgent), Find(Systems, origin.UserAgent), origin.Address?.ToString()];
        return parts.OfType<string>().ToList() is { Count: > 0 } known ? string.Join(", ", known) : "?";
    }

    private static string? Find((string Mark, string Name)[] marks, string? userAgent) =>
        marks.FirstOrDefault(one => userAgent?.Contains(one.Mark, StringComparison.Ordinal) == true).Name;
}
