using System.Text.RegularExpressions;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>A title and a text in one language, with variables written <c>{{name}}</c>.</summary>
public sealed partial record Template(string Title, string Text)
{
    /// <summary>The names of the variables in title and text.</summary>
    public IReadOnlySet<string> Variables =>
        Variable().Matches(Title).Concat(Variable().Matches(Text)).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Title and text as a person reads them.</summary>
    /// <exception cref="ArgumentException">A variable has no value.</exception>
    public Rendered Plain(IReadOnlyDictionary<string, TemplateValue> values, string locale) =>
        new(Fill(Title, values, locale, text => text), Fill(Text, values, locale, text => text));

    /// <summary>The text as HTML: the template's own markup stays, values are escaped.</summary>
    /// <exception cref="ArgumentException">A variable has no value.</exception>
    public string Html(IReadOnlyDictionary<string, TemplateValue> values, string locale) => Fill(Text, values, locale, Escape);

    // One pass over the template: what a value brings in is never looked at again.
    private static string Fill(string text, IReadOnlyDictionary<string, TemplateValue> values, string locale, Func<string, string> encode) =>
        Variable().Replace(text, match => values.TryGetValue(match.Groups[1].Value, out var value)
            ? encode(value.Display(locale))
            : throw new ArgumentException($"The template needs a value for '{match.Groups[1].Value}' and got none.", nameof(values)));

    // The four that Telegram knows by name; WebUtility would number letters outside ASCII and emoji too.
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);

    [GeneratedRegex(@"\{\{([a-zA-Z]+)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

/// <summary>A template with its values in place.</summary>
public sealed record Rendered(string Title, string Text);
