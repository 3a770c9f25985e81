using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Functions;

namespace ServerlessBusiness.Runtime.Http;

// Everything Kestrel receives: finds the function, runs it through the middleware and writes what came back.
internal sealed class HttpEntry(
    RouteTable routes, FunctionPipeline pipeline, AdminEndpoint admin, ILogger<HttpEntry> logger, IHttpContextAccessor? accessor)
{
    private static readonly ActionDescriptor NoAction = new();

    public async Task InvokeAsync(HttpContext http)
    {
        // The real worker has no current HTTP context: a class that relies on it must fail here too.
        if (accessor is not null)
            accessor.HttpContext = null;

        if (AdminEndpoint.Owns(http.Request.Path))
        {
            await admin.InvokeAsync(http);
            return;
        }

        if (routes.Match(http) is not { } function)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            var context = new LocalFunctionContext(
                function, http.RequestServices, http, new RequestBindings(http.Request), http.RequestAborted);
            context.Items[FunctionContextExtensions.Key] = http;
            await pipeline.InvokeAsync(context);
            await WriteAsync(http, context.GetInvocationResult().Value);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            logger.LogDebug("The caller of {Function} went away.", function.Name);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The function {Function} failed.", function.Name);
            Fail(http);
        }
    }

    // A plain object is not an answer: the real worker sends 200 without a body, and so do we.
    private static Task WriteAsync(HttpContext http, object? result) => result switch
    {
        IResult answer => answer.ExecuteAsync(http),
        IActionResult answer => answer.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), NoAction)),
        _ => Task.CompletedTask,
    };

    private static void Fail(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.ContentLength = 0;
    }
}
