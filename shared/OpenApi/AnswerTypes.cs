using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ServerlessBusiness.Shared.OpenApi;

// A status a function answers with, and the type of the JSON body that goes with it.
internal sealed record AnswerType(int Status, Type? Body);

// Reads them off the return type: ASP.NET Core's typed results describe themselves, unions of them included.
internal static class AnswerTypes
{
    private static readonly MethodInfo Populate = typeof(AnswerTypes).GetMethod(nameof(PopulateFrom), BindingFlags.NonPublic | BindingFlags.Static)!;

    internal static IReadOnlyList<AnswerType> Of(MethodInfo function)
    {
        var type = Unwrap(function.ReturnType);
        // It may take any status at run time, so it does not describe itself; 200 is what ours mean by it.
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(JsonHttpResult<>))
            return [new AnswerType(StatusCodes.Status200OK, type.GetGenericArguments()[0])];
        if (!typeof(IEndpointMetadataProvider).IsAssignableFrom(type))
            return [new AnswerType(StatusCodes.Status200OK, null)];

        var builder = new RouteEndpointBuilder(null, RoutePatternFactory.Parse("/"), 0);
        Populate.MakeGenericMethod(type).Invoke(null, [function, builder]);
        IReadOnlyList<AnswerType> described =
        [
            .. builder.Metadata.OfType<IProducesResponseTypeMetadata>()
                .Select(answer => new AnswerType(answer.StatusCode, answer.Type == typeof(void) ? null : answer.Type)),
        ];
        // A union of results that say nothing of themselves, a redirect and a page.
        return described.Count > 0 ? described : [new AnswerType(StatusCodes.Status200OK, null)];
    }

    private static Type Unwrap(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;

    private static void PopulateFrom<T>(MethodInfo function, EndpointBuilder builder) where T : IEndpointMetadataProvider =>
        T.PopulateMetadata(function, builder);
}
