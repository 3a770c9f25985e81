using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class AnswerTests : IAsyncLifetime
{
    private RunningApp app = null!;

    public async ValueTask InitializeAsync() =>
        app = await RunningApp.StartAsync([typeof(AnswerSamples)], builder =>
        {
            builder.Services.AddHttpContextAccessor();
            builder.Services.AddScoped<ScopedThing>();
        });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData("/api/result", "{\"someName\":1}")]
    [InlineData("/api/action", "{\"someName\":1}")]
    public async Task Results_of_both_kinds_are_written_as_camel_case_json(string path, string expected)
    {
        Assert.Equal(expected, await app.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task A_plain_object_is_answered_with_an_empty_200()
    {
        using var answer = await app.Client.GetAsync("/api/plain");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_exception_is_an_empty_500_that_keeps_the_headers_set_before()
    {
        using var answer = await app.Client.GetAsync("/api/failing");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("kept", answer.Headers.GetValues("X-Before").Single());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_exception_after_output_was_sent_cuts_the_connection()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => app.Client.GetStringAsync("/api/halfway"));
    }

    [Fact]
    public async Task One_scope_serves_the_context_the_request_and_the_function_and_there_is_no_current_http_context()
    {
        Assert.Equal("same scope, no current context", await app.Client.GetStringAsync("/api/scope"));
    }

    [Fact]
    public async Task Every_invocation_has_its_own_instance_which_is_disposed_after_it()
    {
        var before = AnswerSamples.Disposed;
        await app.Client.GetStringAsync("/api/result");
        await app.Client.GetStringAsync("/api/result");

        Assert.Equal(before + 2, AnswerSamples.Disposed);
    }
}

public sealed class ScopedThing;

public sealed class AnswerSamples(ScopedThing thing, IHttpContextAccessor accessor) : IDisposable
{
    public static int Disposed { get; private set; }

    public void Dispose() => Disposed++;

    [Function("Result")]
    public ValueTask<IResult> Result([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        ValueTask.FromResult(Results.Ok(new { SomeName = 1 }));

    [Function("Action")]
    public async Task<IActionResult> Action([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        await Task.Yield();
        return new OkObjectResult(new { SomeName = 1 });
    }

    [Function("Plain")]
    public object Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new { SomeName = 1 };

    [Function("Failing")]
    public IResult Failing([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        request.HttpContext.Response.Headers["X-Before"] = "kept";
        throw new InvalidOperationException("the reason that nobody outside may read");
    }

    [Function("Halfway")]
    public async Task<IResult> Halfway([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("half of ");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("too late for a status");
    }

    [Function("Scope")]
    public IResult Scope([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context)
    {
        var isSame = context.InstanceServices.GetRequiredService<ScopedThing>() == thing
            && request.HttpContext.RequestServices.GetRequiredService<ScopedThing>() == thing
            && context.GetHttpContext() == request.HttpContext;
        return Results.Text($"{(isSame ? "same" : "other")} scope, {(accessor.HttpContext is null ? "no" : "a")} current context");
    }
}
