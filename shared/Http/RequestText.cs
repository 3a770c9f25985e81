using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>What PostgreSQL can neither store nor compare, kept out of what a request brings along: U+0000 and half a character.</summary>
public static class RequestText
{
    /// <exception cref="ProblemException">400 when the path or a query value holds U+0000.</exception>
    public static void RefuseNul(HttpRequest request)
    {
        if (request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true || request.Path.Value?.Contains('\0') == true)
            throw ProblemException.Invalid("INVALID_TEXT", "The address holds the character U+0000, which no value can have. Leave it out.");
    }

    /// <summary>The beginning of a text, cut between two characters: never between the two halves of one.</summary>
    public static string? Cut(string? text, int longest) =>
        text is null || text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
