using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>What one address may ask about accounts before anybody has signed in.</summary>
public sealed record AddressLimitOptions
{
    /// <summary>Requests a minute from one address: an IPv4 one or the /64 of an IPv6 one.</summary>
    // Refreshes get ten times as many, and the limiter counts whole microseconds from one to the next.
    [Range(1, 6_000_000)]
    [ConfigurationKeyName("SIGN_INS_PER_ADDRESS")]
    public int PerMinute { get; init; } = 120;
}

/// <summary>
/// Each tenant has a budget of requests per minute for each class of routes; answers say what is left of it. Strangers, however many, use up
/// nothing that a tenant's people share: what they ask about accounts is their address's own, what is open to them they share with each other.
/// </summary>
public sealed class RateLimitMiddleware(FunctionCatalog catalog, RateLimiter limiter, IOptions<AddressLimitOptions> options) : IFunctionsWorkerMiddleware
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
        if (routeClass == RateLimitClassAttribute.Auth && !caller.IsAuthenticated && caller.Address is { } address)
        {
            await limiter.RequireAsync(http.Response, address, routeClass, options.Value.PerMinute);
            return;
        }

        var perMinute = RateLimiter.PerMinute(caller.Profile!, routeClass);
        var taken = await limiter.TakeAsync(caller.Tenant, caller.IsAuthenticated ? routeClass : $"{routeClass}-open", perMinute);
        RateLimiter.Tell(http.Response, perMinute, taken);
        if (!taken.Allowed)
            throw ProblemException.RateLimited(taken.RetryAfter);
    }
}
