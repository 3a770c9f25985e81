using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Middleware_runs_in_the_order_of_its_use_calls()
    {
        var steps = new List<string>();
        await using var app = await RunningApp.StartAsync([typeof(MiddlewareSamples)], builder =>
        {
            builder.UseMiddleware((_, next) => Around(steps, "outer", next));
            builder.UseMiddleware((_, next) => Around(steps, "inner", next));
            builder.UseWhen(context => context.FunctionDefinition.Name == "Other", (_, next) => Around(steps, "other only", next));
        });

        await app.Client.GetStringAsync("/api/hello");

        Assert.Equal(["before outer", "before inner", "after inner", "after outer"], steps);
    }

    [Fact]
    public async Task A_middleware_class_is_created_once_for_all_invocations()
    {
        var before = CountingMiddleware.Created;
        await using var app = await RunningApp.StartAsync([typeof(MiddlewareSamples)], builder => builder.UseMiddleware<CountingMiddleware>());

        await app.Client.GetStringAsync("/api/hello");
        await app.Client.GetStringAsync("/api/hello");

        Assert.Equal(before + 1, CountingMiddleware.Created);
        Assert.Equal(2, app.Services.GetRequiredService<CountingMiddleware>().Runs);
    }

    [Fact]
    public async Task The_result_is_written_after_all_middleware_and_can_be_replaced()
    {
        await using var app = await RunningApp.StartAsync([typeof(MiddlewareSamples)], builder => builder.UseMiddleware(async (context, next) =>
        {
            await next();
            Assert.False(context.GetHttpContext()!.Response.HasStarted);
            context.GetHttpContext()!.Response.Headers["X-After"] = "yes";
            context.GetInvocationResult().Value = Results.Text("replaced");
        }));

        using var answer = await app.Client.GetAsync("/api/hello");

        Assert.Equal("replaced", await answer.Content.ReadAsStringAsync());
        Assert.Equal("yes", answer.Headers.GetValues("X-After").Single());
    }

    [Fact]
    public async Task Middleware_can_answer_an_exception_itself()
    {
        await using var app = await RunningApp.StartAsync([typeof(MiddlewareSamples)], builder => builder.UseMiddleware(async (context, next) =>
        {
            try
            {
                await next();
            }
            catch (InvalidOperationException failure)
            {
                context.GetHttpContext()!.Response.StatusCode = 409;
                await context.GetHttpContext()!.Response.WriteAsync(failure.Message);
            }
        }));

        using var answer = await app.Client.GetAsync("/api/broken");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("broken", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Middleware_that_does_not_go_on_keeps_the_function_from_running()
    {
        await using var app = await RunningApp.StartAsync([typeof(MiddlewareSamples)], builder => builder.UseMiddleware((context, _) =>
        {
            context.GetHttpContext()!.Response.StatusCode = 401;
            return Task.CompletedTask;
        }));

        using var answer = await app.Client.GetAsync("/api/broken");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task Around(List<string> steps, string name, Func<Task> next)
    {
        steps.Add($"before {name}");
        await next();
        steps.Add($"after {name}");
    }
}

public sealed class CountingMiddleware : IFunctionsWorkerMiddleware
{
    public CountingMiddleware()
    {
        Created++;
    }

    public static int Created { get; private set; }

    public int Runs { get; private set; }

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        Runs++;
        return next(context);
    }
}

public sealed class MiddlewareSamples
{
    [Function("Hello")]
    public IResult Hello([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text("hello");

    [Function("Broken")]
    public static IResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        throw new InvalidOperationException("broken");
}
