using System.Text.RegularExpressions;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>The little HTML that Telegram reads: its escapes and its tags.</summary>
internal static partial class MarkupText
{
    private static readonly HashSet<string> Tags = ["b", "i", "u", "s", "code", "pre", "blockquote"];

    // The four that Telegram knows by name; WebUtility would number letters outside ASCII and emoji too.
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);

    /// <summary>What a person reads of it, for channels without markup.</summary>
    public static string Strip(string html) =>
        Tag().Replace(html, "").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    /// <summary>What Telegram would refuse in a text, as a sentence; null when nothing.</summary>
    public static string? Mistake(string html)
    {
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(html))
        {
            var name = tag.Groups["name"].Value;
            if (!Tags.Contains(name) || tag.Value != $"<{tag.Groups["end"].Value}{name}>")
                return $"{tag.Value} cannot be used: only {string.Join(", ", Tags.Select(known => $"<{known}>"))} without attributes.";
            if (tag.Groups["end"].Length == 0)
                open.Push(name);
            else if (!open.TryPop(out var expected) || expected != name)
                return $"{tag.Value} closes nothing that is open.";
        }

        if (open.TryPeek(out var unclosed))
            return $"<{unclosed}> is not closed.";
        return Tag().Replace(html, "").AsSpan().IndexOfAny('<', '>') >= 0 ? "Write &lt; and &gt; for the characters < and >." : null;
    }

    [GeneratedRegex("<(?<end>/?)(?<name>[A-Za-z0-9-]+)[^<>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
