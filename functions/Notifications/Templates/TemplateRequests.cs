using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>A tenant's own text of a kind of notification in one language.</summary>
public sealed record TemplateTextRequest
{
    [Required, MaxLength(200)]
    public string Title { get; init; } = "";

    /// <summary>With the variables of our text, and the tags b, i, u, s, code, pre and blockquote.</summary>
    [Required, MaxLength(3_500)]
    public string Text { get; init; } = "";

    /// <exception cref="ProblemException">400 that says what the text may not hold or lacks.</exception>
    internal Template Check(NotificationType type)
    {
        var own = new Template(Title.Trim(), Text);
        if (own.HasStrayBraces)
            throw Invalid("INVALID_VARIABLE", "Double braces stand around a variable only, written in letters without blanks: {{name}} or {{name|format}}.");
        var known = type.In(Locales.English).Formats;
        foreach (var (name, format) in Formats(own))
            if (!known.TryGetValue(name, out var expected) || expected != format)
                throw Invalid(
                    "UNKNOWN_VARIABLE",
                    $"'{name}' as {format} is no variable of '{type.Name}'; there are {string.Join(", ", known.Select(one => $"{one.Key} ({one.Value})"))}.");
        if (type.Required.FirstOrDefault(name => !own.Variables.Contains(name)) is { } missing)
            throw Invalid("MISSING_VARIABLE", $"'{type.Name}' is of no use without {{{{{missing}}}}}.");
        if (Title.AsSpan().IndexOfAny('\r', '\n') >= 0)
            throw ProblemException.Invalid("title", "INVALID_TITLE", "A title is one line.");
        if (MarkupText.Mistake(Text) is { } mistake)
            throw Invalid("INVALID_MARKUP", mistake);
        return own;
    }

    private static IReadOnlyDictionary<string, VariableFormat> Formats(Template own)
    {
        try
        {
            return own.Formats;
        }
        catch (ArgumentException mistake)
        {
            throw Invalid("INVALID_VARIABLE", mistake.Message);
        }
    }

    private static ProblemException Invalid(string code, string detail) => ProblemException.Invalid("text", code, detail);
}

/// <summary>What to preview: values, and a text that is not saved yet or none for the one that counts.</summary>
public sealed record PreviewRequest
{
    [RegularExpression(@"^(en|id)\z", ErrorMessage = "The locale is 'en' or 'id'.")]
    public string Locale { get; init; } = Locales.English;

    /// <summary>An IANA name; without it the tenant's time zone.</summary>
    [MaxLength(60)]
    public string? TimeZone { get; init; }

    [Required]
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    public TemplateTextRequest? Draft { get; init; }
}

public sealed record PreviewView(string Title, string Text, string Html, string Version);

/// <summary>A text that counts and where it comes from.</summary>
public sealed record TemplateView(string Locale, string Title, string Text, string Version);

/// <summary>A kind of notification with its texts as they count in the tenant.</summary>
public sealed record TypeView(
    string Name, Priority Priority, bool CanBeMuted, bool CanBeRequested, IReadOnlyList<string> Channels, UnknownOutcome WhenUnknown,
    IReadOnlyDictionary<string, VariableFormat> Variables, IReadOnlyList<TemplateView> Texts);
