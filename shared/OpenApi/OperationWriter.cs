using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.OpenApi;

// One function and method as an operation of the document.
internal sealed class OperationWriter(OpenApiDocument document, SchemaWriter schemas)
{
    internal OpenApiOperation Describe(MethodInfo function, RoutePattern route, string method)
    {
        var access = function.GetCustomAttribute<AccessAttribute>();
        var body = function.GetCustomAttributes().FirstOrDefault(
            attribute => attribute.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(AcceptsAttribute<>));
        var name = OpenApiGenerator.NameOf(function);
        var operation = new OpenApiOperation
        {
            // An operation id may stand only once in a document, also for a function with two methods.
            OperationId = OneMethod(function) ? name : $"{name}_{method.ToLowerInvariant()}",
            Tags = new HashSet<OpenApiTagReference> { new(OpenApiGenerator.TagOf(function), document) },
            Summary = function.GetCustomAttribute<SummaryAttribute>()?.Text,
            Description = access is RequiresAttribute requires ? $"Needs the permission {requires.Permission}." : null,
            Parameters = [.. Parameters(function, route, access)],
            Responses = [],
        };
        if (body is not null)
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Json(schemas.OfRequest(body.GetType().GetGenericArguments()[0])) };
        var isForeign = function.IsDefined(typeof(AcceptsForeignJsonAttribute));
        if (isForeign)
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Json(new OpenApiSchema { Type = JsonSchemaType.Object }) };
        if (access is not (null or AnonymousAttribute))
            operation.Security = [Security()];

        var mediaType = function.GetCustomAttribute<AnswersAttribute>()?.MediaType;
        foreach (var answer in AnswerTypes.Of(function))
            operation.Responses[Status(answer.Status)] = Answer(answer, mediaType, function.IsDefined(typeof(IdempotentAttribute)));
        if (function.GetCustomAttribute<AlsoAnswersAttribute>() is { } also)
            operation.Responses[Status(also.Status)] = Answer(new AnswerType(also.Status, also.Body), mediaType: null, isIdempotent: false);
        foreach (var status in Refusals(function, access, body is not null || isForeign, route.Parameters.Count > 0))
            operation.Responses.TryAdd(Status(status), new OpenApiResponseReference(OpenApiGenerator.Problem, document));
        operation.Responses["default"] = new OpenApiResponseReference(OpenApiGenerator.Problem, document);
        return operation;
    }

    private IEnumerable<IOpenApiParameter> Parameters(MethodInfo function, RoutePattern route, AccessAttribute? access)
    {
        foreach (var parameter in route.Parameters)
            yield return new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Path,
                Required = true,
                Schema = RouteConstraintSchema.Of(parameter, function),
            };

        foreach (var query in function.GetCustomAttributes<QueryAttribute>())
            yield return new OpenApiParameter
            {
                Name = query.Name,
                In = ParameterLocation.Query,
                Description = query.Description,
                Schema = schemas.OfRequest(query.Type),
            };

        if (access is not AnonymousAttribute { NeedsTenant: false })
            yield return Header("X-Tenant-ID", "The tenant that the caller speaks for.", required: access is not AnonymousAttribute, new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Pattern = "^[a-zA-Z0-9_-]{1,50}$",
                Examples = ["default"],
            });
        if (function.IsDefined(typeof(IdempotentAttribute)))
            yield return Header("Idempotency-Key", "A repeated call with the same key and body is given the first answer.", required: false, new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = IdempotencyMiddleware.MaxKeyLength,
                Examples = ["019b0e2a-7c1d-7a35-9d0c-5f1e2d3c4b5a"],
            });
    }

    private static OpenApiParameter Header(string name, string description, bool required, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Header, Description = description, Required = required, Schema = schema };

    // What the middleware in front of the function may answer, by what the function states.
    private static IEnumerable<int> Refusals(MethodInfo function, AccessAttribute? access, bool hasBody, bool hasRouteValues)
    {
        if (hasBody || access is not AnonymousAttribute { NeedsTenant: false })
            yield return 400;
        if (access is not (null or AnonymousAttribute))
        {
            yield return 401;
            yield return 403;
        }

        if (hasRouteValues)
            yield return 404;
        if (function.IsDefined(typeof(IdempotentAttribute)))
        {
            yield return 409;
            yield return 422;
        }

        if (hasBody)
        {
            yield return 413;
            yield return 415;
        }

        if (access is not AnonymousAttribute { NeedsTenant: false })
            yield return 429;
    }

    private OpenApiResponse Answer(AnswerType answer, string? mediaType, bool isIdempotent) => new()
    {
        Description = ReasonPhrases.GetReasonPhrase(answer.Status),
        Headers = isIdempotent
            ? new Dictionary<string, IOpenApiHeader>
            {
                ["Idempotent-Replayed"] = new OpenApiHeader
                {
                    Description = "true when this is the stored answer of an earlier call with the same key.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean },
                },
            }
            : null,
        Content = answer.Body is not null ? Json(schemas.OfAnswer(answer.Body))
            : mediaType is null ? null
            : new Dictionary<string, IOpenApiMediaType> { [mediaType] = new OpenApiMediaType() },
    };

    private OpenApiSecurityRequirement Security() => new() { [new OpenApiSecuritySchemeReference(OpenApiGenerator.Bearer, document)] = [] };

    private static Dictionary<string, IOpenApiMediaType> Json(IOpenApiSchema schema) =>
        new() { ["application/json"] = new OpenApiMediaType { Schema = schema } };

    private static bool OneMethod(MethodInfo function) => function.GetParameters()
        .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
        .Single(trigger => trigger is not null)!.Methods is { Length: 1 };

    private static string Status(int status) => status.ToString(CultureInfo.InvariantCulture);
}
