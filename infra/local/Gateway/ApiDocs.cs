using Scalar.AspNetCore;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Local.Gateway;

/// <summary>One page over the OpenAPI documents of all apps. Nothing of it comes from another host.</summary>
internal static class ApiDocs
{
    public static void MapApiDocs(this WebApplication app) =>
        app.MapScalarApiReference("/docs", page =>
        {
            page.WithTitle("ServerlessBusiness").WithOpenApiRoutePattern("/{documentName}/openapi.json");
            page.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools();
            foreach (var known in FunctionApp.All)
                page.AddDocument(known.Name, known.Folder);
        });
}
