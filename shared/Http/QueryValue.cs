using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Query values that a person types: what cannot be read is his mistake, not ours.</summary>
public static class QueryValue
{
    /// <exception cref="ProblemException">400 when it is no id.</exception>
    public static Guid? Id(HttpRequest request, string name)
    {
        if (!request.Query.TryGetValue(name, out var text))
            return null;
        return Guid.TryParse(text, out var id)
            ? id
            : throw ProblemException.Invalid(name, "INVALID_ID", $"{name} is an id, such as 01930000-0000-7000-8000-0000000000a2.");
    }

    /// <summary>One of the names of an enumeration. Parsing alone would also take numbers, and lists of names, whose values it adds up.</summary>
    /// <exception cref="ProblemException">400 with this code and sentence when it is none.</exception>
    public static T? Choice<T>(HttpRequest request, string name, string code, string detail) where T : struct, Enum
    {
        if (!request.Query.TryGetValue(name, out var text))
            return null;
        return Enum.GetNames<T>().Contains(text.ToString(), StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<T>(text.ToString(), ignoreCase: true)
            : throw ProblemException.Invalid(name, code, detail);
    }
}
