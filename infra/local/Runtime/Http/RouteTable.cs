using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Http;

// Finds the function of a request as the real host does: in alphabetical order of function names the first template that fits wins, and
// literals have no precedence. Per method and number of segments only the routes that can fit at all are tried.
internal sealed class RouteTable
{
    private const int MaxSegments = 32;

    private readonly FunctionRoute[] all;
    private readonly Dictionary<string, FunctionRoute[][]> byMethod;

    public RouteTable(FunctionCatalog catalog, string prefix, IInlineConstraintResolver constraints)
    {
        all = [.. catalog.With<HttpTriggerAttribute>().Select(pair => new FunctionRoute(pair.Function, pair.Trigger, prefix, constraints))];
        byMethod = all.SelectMany(route => route.Methods).Concat([HttpMethods.Get, HttpMethods.Post])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(method => method, BySegments, StringComparer.OrdinalIgnoreCase);
    }

    public FunctionDescriptor? Match(HttpContext http)
    {
        var path = http.Request.Path.Value.AsSpan().Trim('/');
        Span<Range> segments = stackalloc Range[MaxSegments];
        var count = path.IsEmpty ? 0 : path.Split(segments, '/');

        // A path with more segments than we count can only fit a catch-all, and those are among the routes of the last count.
        var candidates = byMethod.TryGetValue(http.Request.Method, out var known) ? known[count] : all;
        foreach (var route in candidates)
        {
            if (route.MayFit(http.Request.Method, path, segments[..count]) && route.TryMatch(http, out var values))
            {
                http.Request.RouteValues = values;
                return route.Function;
            }
        }

        return null;
    }

    private FunctionRoute[][] BySegments(string method) =>
    [
        .. Enumerable.Range(0, MaxSegments + 1)
            .Select(count => all.Where(route => route.Allows(method) && route.CanHave(count)).ToArray()),
    ];
}
