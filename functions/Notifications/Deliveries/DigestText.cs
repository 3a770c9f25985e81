namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>The list in a digest: a line for each item, and the number of those that there is no room for.</summary>
internal static class DigestText
{
    public const int MostShown = 20;
    private const int LongestLine = 160;

    public static string Of(DigestItems items, bool isIndonesian)
    {
        var lines = items.First.Select(item => $"• {Line(item)}");
        var more = items.Count - items.First.Count;
        return string.Join('\n', more > 0 ? lines.Append(isIndonesian ? $"… dan {more} lagi" : $"… and {more} more") : lines);
    }

    // Most messages begin with their title; it is not said twice.
    private static string Line(DigestItem item)
    {
        var text = item.Message.ReplaceLineEndings(" ").Trim();
        var line = text.StartsWith(item.Title, StringComparison.Ordinal) ? text : $"{item.Title}: {text}";
        return line.Length <= LongestLine ? line : $"{line[..EndBefore(line, LongestLine)].TrimEnd()}…";
    }

    // Half an emoji is no character.
    private static int EndBefore(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
}
