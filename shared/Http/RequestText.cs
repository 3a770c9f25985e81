using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>The one character that PostgreSQL can neither store nor compare, kept out of what an address brings along.</summary>
public static class RequestText
{
    /// <exception cref="ProblemException">400 when the path or a query value holds U+0000.</exception>
    public static void RefuseNul(HttpRequest request)
    {
        if (request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true || request.Path.Value?.Contains('\0') == true)
            throw ProblemException.Invalid("INVALID_TEXT", "The address holds the character U+0000, which no value can have. Leave it out.");
    }
}
