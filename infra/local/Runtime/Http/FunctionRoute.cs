using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Http;

// The template of one HTTP function, matched by ASP.NET Core's own matcher and constraints.
internal sealed class FunctionRoute
{
    private readonly TemplateMatcher matcher;
    private readonly (string Name, bool IsOptional, IRouteConstraint Constraint)[] constraints;
    private readonly string?[] literals;
    private readonly int fewest;
    private readonly int most;

    public FunctionRoute(FunctionDescriptor function, HttpTriggerAttribute trigger, string prefix, IInlineConstraintResolver resolver)
    {
        Function = function;
        Methods = trigger.Methods ?? [];

        var template = TemplateParser.Parse($"{prefix.Trim('/')}/{(trigger.Route ?? function.Name).Trim('/')}".Trim('/'));
        var defaults = new RouteValueDictionary();
        foreach (var parameter in template.Parameters.Where(parameter => parameter.DefaultValue is not null))
            defaults[parameter.Name!] = parameter.DefaultValue;

        matcher = new TemplateMatcher(template, defaults);
        constraints =
        [
            .. from parameter in template.Parameters
               from constraint in parameter.InlineConstraints
               select (parameter.Name!, parameter.IsOptional, Resolve(resolver, constraint.Constraint, function.Name)),
        ];

        literals = [.. template.Segments.Select(segment => segment.IsSimple && segment.Parts[0].IsLiteral ? segment.Parts[0].Text : null)];
        fewest = template.Segments.TakeWhile(segment => !segment.Parts.Any(CanBeLeftOut)).Count();
        most = template.Parameters.Any(parameter => parameter.IsCatchAll) ? int.MaxValue : literals.Length;

        bool CanBeLeftOut(TemplatePart part) => part.IsCatchAll || part.IsOptional || part.DefaultValue is not null;
    }

    public FunctionDescriptor Function { get; }

    public IReadOnlyList<string> Methods { get; }

    public bool Allows(string method) => Methods.Count == 0 || Methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    public bool CanHave(int segments) => segments >= fewest && segments <= most;

    // Rules out most routes without the matcher's allocations; what it lets through still has to match.
    public bool MayFit(string method, ReadOnlySpan<char> path, ReadOnlySpan<Range> segments)
    {
        if (!CanHave(segments.Length) || !Allows(method))
            return false;

        for (var index = Math.Min(segments.Length, literals.Length) - 1; index >= 0; index--)
        {
            if (literals[index] is { } literal && !path[segments[index]].Equals(literal, StringComparison.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }

    public bool TryMatch(HttpContext http, [NotNullWhen(true)] out RouteValueDictionary? values)
    {
        values = [];
        if (!matcher.TryMatch(http.Request.Path, values))
            return false;

        foreach (var (name, isOptional, constraint) in constraints)
        {
            if (isOptional && !values.ContainsKey(name))
                continue;
            if (!constraint.Match(http, null, name, values, RouteDirection.IncomingRequest))
                return false;
        }

        return true;
    }

    private static IRouteConstraint Resolve(IInlineConstraintResolver resolver, string text, string function) =>
        resolver.ResolveConstraint(text)
        ?? throw new InvalidOperationException($"The route of the function '{function}' has the unknown constraint '{text}'.");
}
