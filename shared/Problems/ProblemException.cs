using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerlessBusiness.Shared.Problems;

/// <summary>A refusal the caller is meant to read: thrown where it is found, turned into an answer once, by <see cref="ProblemMiddleware"/>.</summary>
public sealed class ProblemException(int status, string code, string detail) : Exception(detail)
{
    /// <summary>HTTP status of the answer.</summary>
    public int Status => status;

    /// <summary>Stable name of the refusal, for programs.</summary>
    public string Code => code;

    /// <summary>What is wrong, by the name of the field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>When trying again makes sense.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The permission for want of which it is refused.</summary>
    public string? DeniedPermission { get; init; }

    /// <summary>Says it in an answer's header, in whole seconds, one at least.</summary>
    public void TellWait(HttpResponse response)
    {
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    public static ProblemException Invalid(string code, string detail) => new(400, code, detail);

    public static ProblemException Invalid(string field, string code, string detail) =>
        new(400, code, detail) { Errors = new Dictionary<string, string[]> { [field] = [detail] } };

    public static ProblemException Unauthenticated(string code, string detail) => new(401, code, detail);

    public static ProblemException Forbidden(string code, string detail) => new(403, code, detail);

    /// <summary>403 for want of a permission, which is written to the audit log.</summary>
    public static ProblemException Denied(string permission, string code, string detail) => new(403, code, detail) { DeniedPermission = permission };

    public static ProblemException NotFound(string code, string detail) => new(404, code, detail);

    public static ProblemException Conflict(string code, string detail) => new(409, code, detail);

    public static ProblemException Unprocessable(string code, string detail) => new(422, code, detail);

    /// <param name="retryAfter">How long to wait.</param>
    /// <param name="whose">Whose limit it is: that of a tenant, an address or a link.</param>
    public static ProblemException RateLimited(TimeSpan retryAfter, string whose = "for this tenant") =>
        new(429, "RATE_LIMITED", $"Too many requests {whose}. Wait as long as Retry-After says.") { RetryAfter = retryAfter };

    /// <summary>503: the database or Redis does not answer.</summary>
    public static ProblemException DependencyAway() => Unavailable(
        "DEPENDENCY_UNAVAILABLE", "A part this service depends on does not answer. Try again shortly.", TimeSpan.FromSeconds(5));

    public static ProblemException Unavailable(string code, string detail, TimeSpan retryAfter) => new(503, code, detail) { RetryAfter = retryAfter };
}
