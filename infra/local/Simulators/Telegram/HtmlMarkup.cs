using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Simulators.Telegram;

// Reads parse_mode HTML the way Telegram does: few tags, all closed in order, and one mistake refuses the whole message.
static partial class HtmlMarkup
{
    static readonly HashSet<string> Tags =
    [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "tg-emoji", "code", "pre", "blockquote"
    ];

    // What the person reads: the length limit counts this and not the tags.
    public static string ToPlainText(string html)
    {
        var plain = new StringBuilder();
        var open = new Stack<string>();
        var position = 0;
        while (position < html.Length)
        {
            if (html[position] != '<')
            {
                var next = html.IndexOf('<', position) is var found and >= 0 ? found : html.Length;
                plain.Append(WebUtility.HtmlDecode(html[position..next]));
                position = next;
                continue;
            }
            var offset = Encoding.UTF8.GetByteCount(html.AsSpan(0, position));
            var tag = Tag().Match(html, position);
            if (!tag.Success || tag.Index != position)
                throw CannotParse($"Unclosed start tag at byte offset {offset}");
            Follow(tag, open, offset);
            position += tag.Length;
        }
        if (open.TryPeek(out var unclosed))
            throw CannotParse($"Can't find end tag corresponding to start tag \"{unclosed}\"");
        return plain.ToString();
    }

    static void Follow(Match tag, Stack<string> open, int offset)
    {
        var name = tag.Groups["name"].Value.ToLowerInvariant();
        if (tag.Groups["end"].Length == 0)
        {
            if (!Tags.Contains(name))
                throw CannotParse($"Unsupported start tag \"{name}\" at byte offset {offset}");
            if (name == "span" && !tag.Value.Contains("tg-spoiler", StringComparison.Ordinal))
                throw CannotParse($"Tag \"span\" must have class \"tg-spoiler\" at byte offset {offset}");
            open.Push(name);
            return;
        }
        if (!open.TryPop(out var expected))
            throw CannotParse($"Unexpected end tag at byte offset {offset}");
        if (expected != name)
            throw CannotParse($"Unmatched end tag at byte offset {offset}, expected \"</{expected}>\", found \"</{name}>\"");
    }

    static TelegramRefusal CannotParse(string reason) => TelegramRefusal.BadRequest($"can't parse entities: {reason}");

    [GeneratedRegex("""\G<(?<end>/?)(?<name>[A-Za-z0-9-]*)(?:\s[^<>]*)?>""")]
    private static partial Regex Tag();
}
