using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class RoutingTests : IAsyncLifetime
{
    private RunningApp app = null!;

    public async ValueTask InitializeAsync() => app = await RunningApp.StartAsync([typeof(RouteSamples), typeof(RouteSamples.Nested)]);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/v1/orders/7", "A:7")]
    [InlineData("GET", "/API/V1/Orders/7/", "A:7")]
    [InlineData("GET", "/api/v1/orders/mine", "B")]
    [InlineData("POST", "/api/v1/orders/7", "C:7")]
    [InlineData("GET", "/api/v1/files/a/b/c.txt", "D:a/b/c.txt")]
    [InlineData("GET", "/api/v1/files", "D:")]
    [InlineData("GET", "/api/v1/pages", "E:")]
    [InlineData("GET", "/api/v1/pages/2", "E:2")]
    [InlineData("DELETE", "/api/anything", "anything")]
    [InlineData("GET", "/api/v1/people/0198a3c4-0000-7000-8000-000000000001", "G")]
    public async Task A_request_reaches_the_function_whose_template_fits(string method, string path, string expected)
    {
        using var answer = await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/api/v1/orders")]
    [InlineData("GET", "/v1/orders/7")]
    [InlineData("GET", "/api/v1/people/not-a-guid")]
    [InlineData("GET", "/api/v1/pages/two")]
    [InlineData("GET", "/api/nested")]
    public async Task What_no_template_fits_is_not_found(string method, string path)
    {
        using var answer = await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task A_method_that_no_function_lists_is_not_found_rather_than_not_allowed(string method)
    {
        using var answer = await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/v1/orders/7"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_literal_has_no_precedence_over_a_function_whose_name_comes_first()
    {
        Assert.Equal("Any:special", await app.Client.GetStringAsync("/api/v1/overlap/special"));
    }
}

public sealed class RouteSamples
{
    [Function("A_Order")]
    public IResult Order([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/orders/{id:int}")] HttpRequest request, int id) =>
        Results.Text($"A:{id}");

    [Function("B_Mine")]
    public IResult Mine([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/orders/mine")] HttpRequest request) => Results.Text("B");

    [Function("C_Put")]
    public IResult Put([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/orders/{id:int}")] HttpRequest request, string id) =>
        Results.Text($"C:{id}");

    [Function("D_Files")]
    public IResult Files([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/files/{*rest}")] HttpRequest request, string? rest) =>
        Results.Text($"D:{rest}");

    [Function("E_Pages")]
    public IResult Pages([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/pages/{page:int?}")] HttpRequest request, int? page) =>
        Results.Text($"E:{page}");

    [Function("Anything")]
    public IResult Anything([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("anything");

    [Function("G_People")]
    public IResult People([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/people/{id:guid}")] HttpRequest request, Guid id) =>
        Results.Text("G");

    [Function("H_Any")]
    public IResult Any([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/overlap/{name}")] HttpRequest request, string name) =>
        Results.Text($"Any:{name}");

    [Function("I_Special")]
    public IResult Special([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/overlap/special")] HttpRequest request) =>
        Results.Text("Special");

    public sealed class Nested
    {
        [Function("Nested")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "nested")] HttpRequest request) => Results.Ok();
    }
}
