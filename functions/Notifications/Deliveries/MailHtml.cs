using System.Text.RegularExpressions;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>The HTML part of a mail: paragraphs, line breaks and links that can be pressed.</summary>
internal static partial class MailHtml
{
    /// <param name="html">A text whose values are escaped already.</param>
    public static string Of(string html)
    {
        var paragraphs = html.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(paragraph => $"<p>{paragraph.Replace("\n", "<br>\n", StringComparison.Ordinal)}</p>");
        return Link().Replace(string.Join('\n', paragraphs), match => $"<a href=\"{match.Value}\">{match.Value}</a>");
    }

    // The character before a link that is marked up already is a quote or a bracket.
    [GeneratedRegex("""(?<=\s|^|<p>|<br>)https?://[^\s<>"]+""", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
