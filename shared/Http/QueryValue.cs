using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing;

/// <summary>Query values that a person types: what cannot be read is his mistake, not ours.</summary>
internal static class QueryValue
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
}
