using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Each tenant has a budget of requests per minute for each class of routes; answers say what is left of it.</summary>
public sealed class RateLimitMiddleware(FunctionCatalog catalog, RateLimiter limiter) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name) is not AnonymousAttribute { NeedsTenant: false })
        {
            var caller = context.InstanceServices.GetRequiredService<Caller>();
            var routeClass = catalog.Attribute<RateLimitClassAttribute>(context.FunctionDefinition.Name)?.Name
                ?? (HttpMethods.IsGet(http.Request.Method) ? "read" : "write");

            // Our own services act for requests that were counted at their door.
            if (caller.Service is null)
                await TakeAsync(http, caller, routeClass);
        }

        await next(context);
    }

    private async Task TakeAsync(HttpContext http, Caller caller, string routeClass)
    {
        var perMinute = RateLimiter.PerMinute(caller.Profile!, routeClass);
        var taken = await limiter.TakeAsync(caller.Tenant, routeClass, perMinute);
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = perMinute.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = taken.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = Math.Ceiling(taken.Reset.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (!taken.Allowed)
            throw ProblemException.RateLimited(taken.RetryAfter);
    }
}
