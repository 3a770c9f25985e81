using System.Text.RegularExpressions;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>A title and a text in one language, with variables written <c>{{name}}</c> or <c>{{name|format}}</c>.</summary>
public sealed partial record Template(string Title, string Text)
{
    private IReadOnlyDictionary<string, VariableFormat>? formats;

    /// <summary>The names of the variables in title and text.</summary>
    public IEnumerable<string> Variables => Formats.Keys;

    /// <summary>The variables with the format of each.</summary>
    /// <exception cref="ArgumentException">A format does not exist, or one variable has two.</exception>
    public IReadOnlyDictionary<string, VariableFormat> Formats => formats ??= ReadFormats();

    /// <summary>Whether double braces stand somewhere that make no variable: a reader would see them as they are.</summary>
    public bool HasStrayBraces => IsStray(Title) || IsStray(Text);

    /// <summary>Title and text as a person reads them.</summary>
    /// <exception cref="ArgumentException">A variable has no value, or one that does not fit its format.</exception>
    public Rendered Plain(IReadOnlyDictionary<string, TemplateValue> values, Reader reader) =>
        Plain(values, reader, Html(values, reader));

    /// <param name="values">The values.</param>
    /// <param name="reader">For whom they are written.</param>
    /// <param name="html">The text as HTML, where it has been made already.</param>
    public Rendered Plain(IReadOnlyDictionary<string, TemplateValue> values, Reader reader, string html) =>
        new(Fill(Title, values, reader, text => text), MarkupText.Strip(html));

    /// <summary>The text as HTML: the template's own markup stays, values are escaped.</summary>
    /// <exception cref="ArgumentException">A variable has no value, or one that does not fit its format.</exception>
    public string Html(IReadOnlyDictionary<string, TemplateValue> values, Reader reader) => Fill(Text, values, reader, MarkupText.Escape);

    /// <summary>Names the first variable that has no fitting value, or null when all have.</summary>
    public string? Misfit(IReadOnlyDictionary<string, TemplateValue> values) =>
        Formats.FirstOrDefault(variable => !values.TryGetValue(variable.Key, out var value) || !value.Fits(variable.Value)).Key;

    // One pass over the template: what a value brings in is never looked at again.
    private static string Fill(string text, IReadOnlyDictionary<string, TemplateValue> values, Reader reader, Func<string, string> encode) =>
        Variable().Replace(text, match =>
        {
            var (name, format) = Read(match);
            if (!values.TryGetValue(name, out var value))
                throw new ArgumentException($"The template needs a value for '{name}' and got none.", nameof(values));
            return value.Fits(format)
                ? encode(value.Display(format, reader))
                : throw new ArgumentException($"The value of '{name}' is not what the format '{format}' shows.", nameof(values));
        });

    private static (string Name, VariableFormat Format) Read(Match match) => (
        match.Groups[1].Value,
        VariableFormats.Parse(match.Groups[2].Value) ?? throw new ArgumentException($"There is no format '{match.Groups[2].Value}'."));

    private static bool IsStray(string text)
    {
        var rest = Variable().Replace(text, " ");
        return rest.Contains("{{", StringComparison.Ordinal) || rest.Contains("}}", StringComparison.Ordinal);
    }

    private Dictionary<string, VariableFormat> ReadFormats()
    {
        var found = new Dictionary<string, VariableFormat>();
        foreach (var (name, format) in Variable().Matches(Title).Concat(Variable().Matches(Text)).Select(Read))
            if (!found.TryAdd(name, format) && found[name] != format)
                throw new ArgumentException($"The variable '{name}' has two formats.");
        return found;
    }

    [GeneratedRegex(@"\{\{([a-zA-Z]+)(?:\|([a-z]+))?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

/// <summary>A template with its values in place.</summary>
public sealed record Rendered(string Title, string Text);

/// <summary>For whom values are written: the language and the clock on the wall.</summary>
public sealed record Reader(string Locale, TimeZoneInfo Zone)
{
    public static Reader Of(string? locale, TimeZoneInfo? zone = null) => new(Locales.Of(locale), zone ?? TimeZoneInfo.Utc);
}
