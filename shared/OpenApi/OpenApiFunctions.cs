using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.OpenApi;

/// <summary>The description of this app's HTTP functions for people and tools.</summary>
public sealed class OpenApiFunctions(FunctionCatalog catalog, ServiceIdentity service)
{
    // An app has one set of functions for its whole life, so its description is written once, when first asked for.
    private static readonly Lock Writing = new();
    private static (byte[] Bytes, EntityTagHeaderValue Tag)? written;

    [Function("OpenApi"), Anonymous(NeedsTenant = false), Answers("application/json"), Summary("Describes this API as an OpenAPI 3.1 document.")]
    public FileContentHttpResult Document([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request)
    {
        var (bytes, tag) = Written();
        // An If-None-Match with the same tag is answered with 304 by the result itself.
        return TypedResults.Bytes(bytes, "application/json", entityTag: tag);
    }

    private (byte[] Bytes, EntityTagHeaderValue Tag) Written()
    {
        lock (Writing)
        {
            if (written is { } known)
                return known;
            var bytes = OpenApiGenerator.Write(catalog.Methods, service);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..16])}\"");
            written = (bytes, tag);
            return (bytes, tag);
        }
    }
}
