using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class BindingTests : IAsyncLifetime
{
    private RunningApp app = null!;

    public async ValueTask InitializeAsync() => app = await RunningApp.StartAsync([typeof(BindingSamples)]);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Parameters_bind_by_name_from_the_route_and_then_from_the_query()
    {
        var text = await app.Client.GetStringAsync("/api/bind/route?name=query&amount=12.50&since=2026-01-02T03:04:05Z&flag=true");

        Assert.Equal("route|12.50|2026-01-02T03:04:05.0000000+00:00|True|5|", text);
    }

    [Theory]
    [InlineData("amount=twelve")]
    [InlineData("flag=maybe&amount=1")]
    [InlineData("")]
    public async Task A_value_that_is_missing_or_cannot_be_converted_fails_the_request(string query)
    {
        using var answer = await app.Client.GetAsync($"/api/bind/x?{query}");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task The_body_binds_as_json_whatever_the_case_of_its_names()
    {
        using var answer = await app.Client.PostAsJsonAsync("/api/body", new { NAME = "Ayu", age = 30 });

        Assert.Equal("Ayu is 30", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_that_is_not_json_fails_the_request()
    {
        using var answer = await app.Client.PostAsync("/api/body", new StringContent("{", null, "application/json"));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task Binding_data_holds_route_and_query_and_ignores_case()
    {
        Assert.Equal("7 dark get httpTrigger", await app.Client.GetStringAsync("/api/data/7?Theme=dark"));
    }

    [Fact]
    public void A_parameter_that_nothing_can_bind_stops_the_start()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => RunningApp.Build([typeof(UnbindableSample)]));

        Assert.Contains("'day' of UnbindableSample.Run", failure.Message);
    }
}

public sealed record PersonSample(string Name, int Age);

public sealed class BindingSamples
{
    [Function("Bind")]
    public IResult Bind(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bind/{name}")] HttpRequest request,
        string name,
        decimal amount,
        DateTimeOffset? since,
        bool? flag,
        string? missing,
        int count = 5) => Results.Text($"{name}|{amount}|{since:O}|{flag}|{count}|{missing}");

    [Function("Body")]
    public IResult Body(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request, [FromBody] PersonSample person) =>
        Results.Text($"{person.Name} is {person.Age}");

    [Function("Data")]
    public IResult Data(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "data/{id}")] HttpRequest request,
        FunctionContext context,
        CancellationToken cancellationToken)
    {
        Assert.Equal(request.HttpContext.RequestAborted, cancellationToken);
        var data = context.BindingContext.BindingData;
        var binding = context.FunctionDefinition.InputBindings["request"];
        return Results.Text($"{data["ID"]} {data["theme"]} {request.Method.ToLowerInvariant()} {binding.Type}");
    }
}

public sealed class UnbindableSample
{
    [Function("Unbindable")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{day}")] HttpRequest request, DateOnly day) => Results.Ok();
}
