using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace ServerlessBusiness.Shared.OpenApi;

// What a route's constraints say about a parameter, else what its type in the method says.
internal static partial class RouteConstraintSchema
{
    internal static OpenApiSchema Of(RoutePatternParameterPart parameter, MethodInfo function)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        if (function.GetParameters().FirstOrDefault(candidate => candidate.Name == parameter.Name) is { } bound)
            Apply(schema, TypeConstraint(Nullable.GetUnderlyingType(bound.ParameterType) ?? bound.ParameterType), []);
        foreach (var policy in parameter.ParameterPolicies)
            if (policy.Content is { } text && Form().Match(text) is { Success: true } match)
                Apply(schema, match.Groups["name"].Value, match.Groups["argument"].Value.Split(','));
        return schema;
    }

    private static void Apply(OpenApiSchema schema, string constraint, string[] arguments)
    {
        switch (constraint)
        {
            case "guid":
                schema.Format = "uuid";
                break;
            case "int":
                (schema.Type, schema.Format) = (JsonSchemaType.Integer, "int32");
                break;
            case "long":
                (schema.Type, schema.Format) = (JsonSchemaType.Integer, "int64");
                break;
            case "decimal" or "double" or "float":
                schema.Type = JsonSchemaType.Number;
                break;
            case "bool":
                schema.Type = JsonSchemaType.Boolean;
                break;
            case "datetime":
                schema.Format = "date-time";
                break;
            case "alpha":
                schema.Pattern = "^[a-zA-Z]*$";
                break;
            case "regex":
                schema.Pattern = string.Join(',', arguments);
                break;
            case "length" or "minlength" or "maxlength":
                schema.MinLength = constraint == "maxlength" ? null : int.Parse(arguments[0], CultureInfo.InvariantCulture);
                schema.MaxLength = constraint == "minlength" ? null : int.Parse(arguments[^1], CultureInfo.InvariantCulture);
                break;
            case "min":
                schema.Minimum = arguments[0];
                break;
            case "max":
                schema.Maximum = arguments[0];
                break;
            case "range":
                (schema.Minimum, schema.Maximum) = (arguments[0], arguments[^1]);
                break;
        }
    }

    private static string TypeConstraint(Type type) => type switch
    {
        _ when type == typeof(Guid) => "guid",
        _ when type == typeof(int) => "int",
        _ when type == typeof(long) => "long",
        _ when type == typeof(decimal) => "decimal",
        _ when type == typeof(bool) => "bool",
        _ => "",
    };

    [GeneratedRegex(@"^(?<name>[a-z]+)(\((?<argument>.*)\))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
