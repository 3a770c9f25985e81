using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.OpenApi;

namespace ServerlessBusiness.Tests.Unit.Shared.OpenApi;

public sealed class OpenApiFunctionsTests
{
    private static readonly Assembly AppWithoutFunctions = typeof(object).Assembly;

    private readonly OpenApiFunctions functions = new(new FunctionCatalog(AppWithoutFunctions), ServiceIdentity.Billing);

    [Fact]
    public async Task Whoever_has_the_document_already_is_told_so()
    {
        var first = await AskAsync(ifNoneMatch: null);
        Assert.Equal((200, "application/json"), (first.StatusCode, first.ContentType));
        var document = JsonNode.Parse(((MemoryStream)first.Body).ToArray())!;
        Assert.NotNull(document["paths"]!["/openapi.json"]);

        var again = await AskAsync(first.Headers.ETag.ToString());
        Assert.Equal(304, again.StatusCode);
        Assert.Equal(0, again.Body.Length);
    }

    private async Task<HttpResponse> AskAsync(string? ifNoneMatch)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        http.Request.Method = "GET";
        http.Request.Headers.IfNoneMatch = ifNoneMatch;
        http.Response.Body = new MemoryStream();
        await functions.Document(http.Request).ExecuteAsync(http);
        return http.Response;
    }
}
