using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.OpenApi;

/// <summary>Writes the OpenAPI 3.1 document of an app from what its functions state: triggers, attributes and return types.</summary>
public static class OpenApiGenerator
{
    internal const string Bearer = "bearer";
    internal const string Problem = "Problem";
    private const string Operations = "Operations";

    /// <summary>The document as UTF-8 JSON. Throws when two functions claim the same method and path.</summary>
    public static byte[] Write(IEnumerable<MethodInfo> functions, ServiceIdentity service)
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = service.Name,
                Version = "v1",
                Description = "Errors are RFC 9457 problem details with a stable code, the trace id and, where fields are to blame, errors by field.",
            },
            Servers =
            [
                new OpenApiServer { Url = "/" + service.Key, Description = "behind the gateway" },
                new OpenApiServer { Url = "/", Description = "the app itself" },
            ],
            Paths = [],
            Components = new OpenApiComponents { SecuritySchemes = SecuritySchemes(), Schemas = new Dictionary<string, IOpenApiSchema>() },
        };
        var schemas = new SchemaWriter(document);
        document.Components.Responses = new Dictionary<string, IOpenApiResponse> { [Problem] = ProblemResponse(schemas) };

        var operations = new OperationWriter(document, schemas);
        // What the service is about comes first, what operators ask comes last.
        foreach (var function in functions.OrderBy(function => TagOf(function) == Operations).ThenBy(TagOf).ThenBy(NameOf, StringComparer.Ordinal))
            if (TriggerOf(function) is { } trigger)
                Add(document, operations, function, trigger);

        document.Tags = new HashSet<OpenApiTag>(document.Paths.Values.SelectMany(path => path.Operations!.Values)
            .SelectMany(operation => operation.Tags!).Select(tag => tag.Reference.Id!).Distinct().Select(tag => new OpenApiTag { Name = tag }));
        new ExampleWriter(document).Fill();
        document.RegisterComponents();
        using var text = new StringWriter { NewLine = "\n" };
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    internal static string NameOf(MethodInfo function) => function.GetCustomAttribute<FunctionAttribute>()!.Name;

    // The folder of a use case is the last part of its namespace.
    internal static string TagOf(MethodInfo function) => function.DeclaringType!.Assembly == typeof(OpenApiGenerator).Assembly
        ? Operations
        : function.DeclaringType.Namespace!.Split('.')[^1];

    private static HttpTriggerAttribute? TriggerOf(MethodInfo function) =>
        function.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null);

    private static void Add(OpenApiDocument document, OperationWriter operations, MethodInfo function, HttpTriggerAttribute trigger)
    {
        var route = RoutePatternFactory.Parse(trigger.Route ?? NameOf(function));
        var path = PathOf(route);
        if (!document.Paths.TryGetValue(path, out var item))
            document.Paths[path] = item = new OpenApiPathItem();

        foreach (var method in trigger.Methods ?? ["GET", "POST"])
            ((OpenApiPathItem)item).AddOperation(HttpMethod.Parse(method.ToUpperInvariant()), operations.Describe(function, route, method));
    }

    // The document knows names only; constraints go into the parameters' schemas.
    private static string PathOf(RoutePattern route) => "/" + string.Join('/', route.PathSegments.Select(segment => string.Concat(segment.Parts.Select(
        part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            _ => "",
        }))));

    private static Dictionary<string, IOpenApiSecurityScheme> SecuritySchemes() => new()
    {
        [Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The access token that signing in at user-management gives.",
        },
    };

    private static OpenApiResponse ProblemResponse(SchemaWriter schemas) => new()
    {
        Description = "The request was refused or failed; code says why.",
        Headers = new Dictionary<string, IOpenApiHeader>
        {
            ["Retry-After"] = new OpenApiHeader
            {
                Description = "Seconds to wait, with 429 and 503.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
            },
        },
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            ["application/problem+json"] = new OpenApiMediaType { Schema = schemas.OfAnswer(typeof(ProblemAnswer)) },
        },
    };
}
